import { ShieldMinus, ShieldPlus } from 'lucide-react';
import { Fragment } from 'react';
import { Link } from 'wouter';
import type { ChangeLine } from '../../diff/index.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { addressOf, anchors, useShownProposal, type CommentPlace } from './discussion.ts';
import { Thread } from './thread.tsx';
import { useSome } from './use-some.tsx';
import classes from './change-words.module.css';
import { withArrows } from './value-text.ts';

/** Lines drawn at once. */
const MOST = 100;
const SAYS_LITTLE: ReadonlySet<ChangeLine['kind']> = new Set(['text', 'layout']);

/** The change in clinical words, the gravest first; what changes nothing that happens comes folded, last. */
export function ChangeWords({ printed = false }: { readonly printed?: boolean }) {
  const { words, number } = useShownProposal();
  if (words.every(({ lines }) => lines.length === 0))
    return <p className="panel-body dim">Nothing changes but spaces and the order of things in files.</p>;
  return (
    <>
      {words
        .filter(({ lines }) => lines.length > 0)
        .map(({ definition, title, lines }) => {
          const telling = lines.filter(({ kind }) => !SAYS_LITTLE.has(kind));
          const rest = lines.filter(({ kind }) => SAYS_LITTLE.has(kind));
          const list = (some: readonly ChangeLine[]) => (
            <Lines lines={some} number={number} definition={definition} most={printed ? Infinity : MOST} />
          );
          return (
            <section key={definition} className={classes['definition']} aria-label={title}>
              <h3>
                {title} <span className="dim mono">{definition}</span>
              </h3>
              {telling.length > 0 && list(telling)}
              {rest.length > 0 &&
                (telling.length === 0 || printed ? (
                  list(rest)
                ) : (
                  <details>
                    <summary>
                      {rest.length === 1 ? '1 more line is' : `${rest.length} more lines are`} about texts or layout
                      only
                    </summary>
                    {list(rest)}
                  </details>
                ))}
            </section>
          );
        })}
    </>
  );
}

function Lines({
  lines,
  number,
  definition,
  most,
}: {
  readonly lines: readonly ChangeLine[];
  readonly number: number;
  readonly definition: string;
  readonly most: number;
}) {
  const { shown, more } = useSome(lines, most, 'changes');
  return (
    <>
      <ul className={classes['lines']}>
        {shown.map((line, i) => (
          <Line key={i} line={line} number={number} definition={definition} />
        ))}
      </ul>
      {more}
    </>
  );
}

function Line({
  line,
  number,
  definition,
}: {
  readonly line: ChangeLine;
  readonly number: number;
  readonly definition: string;
}) {
  const place = placeOf(line, definition);
  return (
    <li className={classes['line']} data-safety={line.safety ?? 'none'}>
      <span className={classes['text']}>
        <Words line={line} />
      </span>
      <span className={classes['marks']}>
        {line.safety === 'loosens' && (
          <ToneMark tone="danger" icon={ShieldMinus} title="Somebody may be told later than before, or not at all.">
            loosens safety
          </ToneMark>
        )}
        {line.safety === 'tightens' && (
          <ToneMark tone="ok" icon={ShieldPlus} title="Somebody is told sooner, or of more.">
            tightens safety
          </ToneMark>
        )}
        <span className="dim">{line.kind}</span>
        <Link href={addressOf(number, place)} className={classes['show'] ?? ''} aria-label={`Show where: ${line.text}`}>
          Show
        </Link>
        <Thread place={place} what={`“${line.text.slice(0, 60)}”`} />
      </span>
    </li>
  );
}

/** Old and new value stand out of the sentence. */
function Words({ line: { text, before, after } }: { readonly line: ChangeLine }) {
  const values = before === undefined || after === undefined ? null : `${before} -> ${after}`;
  const at = values === null ? -1 : text.indexOf(values);
  if (values === null || at < 0) return <>{withArrows(text)}</>;
  return (
    <Fragment>
      {text.slice(0, at)}
      <del className={classes['before']}>{before}</del>
      <span aria-hidden="true"> → </span>
      <span className="visually-hidden"> becomes </span>
      <ins className={classes['after']}>{after}</ins>
      {text.slice(at + values.length)}
    </Fragment>
  );
}

function placeOf({ place }: ChangeLine, definition: string): CommentPlace {
  const { file, node, row, field } = place;
  const anchor =
    node !== undefined
      ? anchors.node(node, field)
      : row !== undefined
        ? anchors.row(row, field)
        : field !== undefined
          ? anchors.field([field])
          : null;
  return { definition, file, anchor };
}
