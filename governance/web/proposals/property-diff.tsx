import { Button } from '@mantine/core';
import { useState } from 'react';
import { diffJson, leavesOf, type Json, type Leaf } from '../../diff/index.ts';
import { anchors, type CommentPlace } from './discussion.ts';
import { LineDiff } from './line-diff.tsx';
import { Thread } from './thread.tsx';
import classes from './diff.module.css';
import { isLong, pathText, valueText } from './value-text.ts';

const MOST = 200;

/** The places that differ between two values, down to where they are no object or list any more. */
export function leavesBetween(property: string, before: Json | undefined, after: Json | undefined): readonly Leaf[] {
  if (before === undefined || after === undefined)
    return [
      { path: [property], ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) },
    ];
  return leavesOf(diffJson(before, after), [property]);
}

/**
 * Changed properties, one below the other: what it was, and what it is. Program text and long texts by line. `place` and
 * `anchorOf` say where each may be commented on.
 */
export function PropertyDiff({
  leaves,
  place,
  anchorOf = anchors.field,
}: {
  readonly leaves: readonly Leaf[];
  readonly place: CommentPlace;
  readonly anchorOf?: (path: Leaf['path']) => string;
}) {
  const [all, setAll] = useState(false);
  const shown = all ? leaves : leaves.slice(0, MOST);
  return (
    <>
      <dl className={classes['properties']}>
        {shown.map((leaf) => {
          const name = pathText(leaf.path);
          const at = { ...place, anchor: anchorOf(leaf.path) };
          return (
            <div key={JSON.stringify([leaf.path, 'before' in leaf])} className={classes['property']}>
              <dt>
                <span className={classes['name']}>{name}</span> <Change leaf={leaf} />
                <Thread place={at} what={name} />
              </dt>
              <dd>
                <LeafValue leaf={leaf} label={name} />
              </dd>
            </div>
          );
        })}
      </dl>
      {!all && leaves.length > MOST && (
        <p className={classes['note']}>
          <Button variant="default" onClick={() => setAll(true)}>
            Show {leaves.length - MOST} more
          </Button>
        </p>
      )}
    </>
  );
}

function Change({ leaf: { before, after } }: { readonly leaf: Leaf }) {
  if (before !== undefined && after !== undefined) return null;
  return <span className="dim">{before === undefined ? 'new' : 'removed'}</span>;
}

function LeafValue({ leaf: { before, after }, label }: { readonly leaf: Leaf; readonly label: string }) {
  if (isLong(before) || isLong(after)) {
    const text = (value: Json | undefined): string => (typeof value === 'string' ? value : valueText(value));
    return <LineDiff before={text(before)} after={text(after)} label={`${label}, by line`} />;
  }
  return <BeforeAfter before={before} after={after} />;
}

export function BeforeAfter({
  before,
  after,
}: {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}) {
  return (
    <span className={classes['values']}>
      {before !== undefined && (
        <del className={classes['before']}>
          <span className="visually-hidden">before: </span>
          {valueText(before)}
        </del>
      )}
      {before !== undefined && after !== undefined && <span aria-hidden="true">→</span>}
      {after !== undefined && (
        <ins className={classes['after']}>
          <span className="visually-hidden">after: </span>
          {valueText(after)}
        </ins>
      )}
    </span>
  );
}
