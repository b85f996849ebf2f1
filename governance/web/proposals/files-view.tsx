import { Button } from '@mantine/core';
import { FileCheck } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import {
  diffJson,
  jsonOf,
  leavesOf,
  type FileContent,
  type FlowDiff,
  type FlowNode,
  type Leaf,
} from '../../diff/index.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import type { Compared, ComparedFile } from './compared.ts';
import { addressOf, anchors, useShownProposal, type CommentPlace } from './discussion.ts';
import classes from './diff.module.css';
import { LineDiff } from './line-diff.tsx';
import { leavesBetween, PropertyDiff } from './property-diff.tsx';

/** Nodes drawn at once. */
const MOST = 60;

/** Everything that differs, file by file, as it is written. */
export function FilesView({
  files,
  compared,
}: {
  readonly files: readonly ComparedFile[];
  readonly compared: readonly Compared[];
}) {
  const [query] = useSearchParams();
  const wanted = `${query.get('definition')} ${query.get('file')}`;
  const current = useRef<HTMLElement>(null);
  useEffect(() => current.current?.scrollIntoView({ block: 'start' }), [wanted]);
  if (files.length === 0)
    return (
      <section className="panel">
        <EmptyState icon={FileCheck} title="No file means anything else">
          Spaces, the order of keys and the order of nodes are no changes.
        </EmptyState>
      </section>
    );
  return (
    <div className={classes['stack']}>
      {files.map((one) => {
        const here = `${one.definition} ${one.file}` === wanted;
        const of = compared.find(({ name }) => name === one.definition);
        return (
          <section
            key={`${one.definition} ${one.file}`}
            ref={here ? current : undefined}
            className={`panel ${classes['file']}`}
            data-current={here}
            aria-label={`${one.definition}/${one.file}`}
          >
            <div className="panel-head">
              <h2>
                <span className="dim">{one.definition}/</span>
                {one.file}
              </h2>
              <FileKind file={one} />
            </div>
            <FileChange file={one} before={of?.before.get(one.file)} after={of?.after.get(one.file)} />
          </section>
        );
      })}
    </div>
  );
}

function FileKind({ file: { definition, file, diff } }: { readonly file: ComparedFile }) {
  const { number } = useShownProposal();
  if (diff.kind === 'flow')
    return <Link href={addressOf(number, { definition, file, anchor: 'node:' })}>As a picture</Link>;
  if (diff.kind === 'rule-table')
    return <Link href={addressOf(number, { definition, file, anchor: 'row:' })}>As a table</Link>;
  if (diff.kind === 'added') return <span className="dim">new</span>;
  if (diff.kind === 'removed') return <span className="dim">removed</span>;
  return null;
}

/** One file; `before` and `after` as they are read. */
export function FileChange({
  file: { definition, file, diff },
  before,
  after,
}: {
  readonly file: ComparedFile;
  readonly before: FileContent | undefined;
  readonly after: FileContent | undefined;
}) {
  const place: CommentPlace = { definition, file, anchor: null };
  switch (diff.kind) {
    case 'flow':
      return <FlowChange diff={diff} place={place} before={before} after={after} />;
    case 'json':
      return (
        <div className={classes['body']}>
          <PropertyDiff leaves={leavesOf(diff.change)} place={place} />
        </div>
      );
    case 'rule-table':
      return (
        <div className={classes['body']}>
          <PropertyDiff leaves={leavesOf(diffJson(jsonOf(before) ?? null, jsonOf(after) ?? null))} place={place} />
        </div>
      );
    case 'text':
    case 'added':
    case 'removed':
    case 'replaced':
      return <LineDiff before={textOf(before)} after={textOf(after)} label={`${file}, by line`} place={place} />;
    default:
      return diff satisfies never;
  }
}

function textOf(content: FileContent | undefined): string {
  if (!content) return '';
  return content.kind === 'text' ? content.text : `${JSON.stringify(jsonOf(content), null, 2)}\n`;
}

interface ChangedNode {
  readonly id: string;
  readonly name: string;
  readonly what: string;
  readonly leaves: readonly Leaf[];
}

function FlowChange({
  diff,
  place,
  before,
  after,
}: {
  readonly diff: FlowDiff;
  readonly place: CommentPlace;
  readonly before: FileContent | undefined;
  readonly after: FileContent | undefined;
}) {
  const [all, setAll] = useState(false);
  const nodes = changedNodes(diff);
  const shown = all ? nodes : nodes.slice(0, MOST);
  if (nodes.length === 0 || before?.kind !== 'flow' || after?.kind !== 'flow')
    return <p className={classes['note']}>Only the order of the nodes in the file is another.</p>;
  return (
    <>
      {shown.map(({ id, name, what, leaves }) => (
        <div key={`${what} ${id}`} className={classes['node']}>
          <h3>
            {name} <span className="dim">{what}</span>
          </h3>
          <PropertyDiff leaves={leaves} place={place} anchorOf={(path) => anchors.node(id, path.join('/'))} />
        </div>
      ))}
      {nodes.length > shown.length && (
        <p className={classes['note']}>
          <Button variant="default" onClick={() => setAll(true)}>
            Show {nodes.length - shown.length} more nodes
          </Button>
        </p>
      )}
    </>
  );
}

/** Every node of a flow that differs, with what differs. */
export function changedNodes(diff: FlowDiff): readonly ChangedNode[] {
  const named = (node: FlowNode): string => {
    const name = node['name'] ?? node['label'];
    return typeof name === 'string' && name !== '' ? `${name} (${node.type})` : node.type;
  };
  const ids = new Map(diff.newIds.map((one) => [one.after, one.before]));
  const newId = (id: string): readonly Leaf[] => {
    const before = ids.get(id);
    return before === undefined ? [] : [{ path: ['id'], before, after: id }];
  };
  const known = new Set(diff.nodes.map(({ id }) => id));
  return [
    ...diff.removed.map(({ item }) => ({
      id: item.id,
      name: named(item),
      what: 'removed',
      leaves: wholeNode(item, 'before'),
    })),
    ...diff.added.map(({ item }) => ({
      id: item.id,
      name: named(item),
      what: 'added',
      leaves: wholeNode(item, 'after'),
    })),
    ...diff.nodes.map(({ id, name, type, renamed, changed, rewired, moved }) => ({
      id,
      name: name === '' ? type : `${name} (${type})`,
      what: changed.length + renamed.length + rewired.length > 0 ? 'changed' : 'stands elsewhere',
      leaves: [
        ...newId(id),
        ...[...changed, ...renamed, ...rewired, ...moved].flatMap((one) =>
          leavesBetween(one.property, one.before, one.after),
        ),
      ],
    })),
    ...diff.newIds
      .filter(({ after }) => !known.has(after))
      .map(({ after }) => ({ id: after, name: after, what: 'made anew, the same', leaves: newId(after) })),
  ];
}

/** All properties of a node that is in one version only. */
export const wholeNode = (node: FlowNode, side: 'before' | 'after'): readonly Leaf[] =>
  Object.entries(node)
    .filter(([key]) => key !== 'type')
    .map(([key, value]) => (side === 'before' ? { path: [key], before: value } : { path: [key], after: value }));
