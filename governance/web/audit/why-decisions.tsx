import type { DecisionRecord } from '../../api/runtime-shapes.ts';
import { exactTime } from '../time/duration.ts';
import classes from './why.module.css';

/** Those that matched a row first: a panel of twenty values has twenty decisions, and one of them told somebody. */
export function WhyDecisions({ decisions }: { readonly decisions: readonly DecisionRecord[] }) {
  if (decisions.length === 0)
    return <p className="dim">No rule table was asked: the flow told people whatever the message said.</p>;
  const telling = decisions.filter(({ matched, error }) => matched.length > 0 || error !== null);
  const rest = decisions.length - telling.length;
  return (
    <>
      {telling.map((decision) => (
        <article key={decision.id} className={classes['decision']}>
          <p>
            <strong>{decision.sentence}</strong>
          </p>
          {decision.error !== null && <p className={classes['wrong']}>{decision.error}</p>}
          <p className="dim">
            Table <code>{decision.table}</code>, {decision.matched.length === 1 ? 'row' : 'rows'}{' '}
            <code>{decision.matched.join(', ') || 'none'}</code>, version <code>{decision.version.slice(0, 12)}</code>,
            in “{decision.node.name}” of {decision.definition}, {exactTime(decision.at)}
          </p>
          <dl className={classes['facts']}>
            {entriesOf(decision.inputs).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </article>
      ))}
      {rest > 0 && <p className="dim">{rest === 1 ? 'One more decision' : `${rest} more decisions`} matched no row.</p>}
    </>
  );
}

function entriesOf(value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, one]) => [
    name,
    one === null || one === undefined ? 'missing' : typeof one === 'object' ? JSON.stringify(one) : String(one),
  ]);
}
