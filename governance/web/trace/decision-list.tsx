import type { DecisionRecord } from '../../api/runtime-shapes.ts';
import { clockTime } from '../time/duration.ts';
import classes from './trace.module.css';

/** Why: each decision as its sentence, then what went in, what matched and what came out. */
export function DecisionList({ decisions }: { readonly decisions: readonly DecisionRecord[] }) {
  if (decisions.length === 0) return null;
  // A panel of twenty values gives twenty decisions; those that changed something come first, the others fold away.
  const matched = decisions.filter((decision) => decision.matched.length > 0 || decision.error !== null);
  const telling = matched.length > 0 ? matched : decisions.slice(0, 1);
  const rest = decisions.filter((decision) => !telling.includes(decision));
  return (
    <section className="panel" aria-labelledby="decisions">
      <div className="panel-head">
        <h2 id="decisions">{decisions.length === 1 ? 'Decision' : 'Decisions'}</h2>
        {decisions.length > 1 && <span className="dim">{decisions.length}</span>}
      </div>
      {telling.map((decision) => (
        <DecisionArticle key={decision.id} decision={decision} />
      ))}
      {rest.length > 0 && (
        <details className={classes['rest']}>
          <summary>{rest.length === 1 ? 'One more' : `${rest.length} more`}, where no row matched</summary>
          {rest.map((decision) => (
            <DecisionArticle key={decision.id} decision={decision} />
          ))}
        </details>
      )}
    </section>
  );
}

function DecisionArticle({ decision }: { readonly decision: DecisionRecord }) {
  return (
    <article className={classes['decision']}>
      <p className={classes['sentence']}>{decision.sentence}</p>
      {decision.error && <p className={classes['wrong']}>{decision.error}</p>}
      <div className={classes['inout']}>
        <ValueTable title="In" value={decision.inputs} missing={decision.missing} />
        <div>
          <h3>Rows that matched</h3>
          {decision.matched.length === 0 ? (
            <p className="dim">none: the table’s “otherwise”</p>
          ) : (
            decision.matched.map((row) => (
              <p key={row}>
                <code>{row}</code>
              </p>
            ))
          )}
        </div>
        <ValueTable title="Out" value={decision.outputs} missing={[]} />
      </div>
      <p className={classes['source']}>
        Table <code>{decision.table}</code>, version{' '}
        <code title={decision.version}>{decision.version.slice(0, 8)}</code>, at {clockTime(decision.at)}, in “
        {decision.node.name}”
      </p>
    </article>
  );
}

function ValueTable({
  title,
  value,
  missing,
}: {
  readonly title: string;
  readonly value: unknown;
  readonly missing: readonly string[];
}) {
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
      : [['', value] as const];
  return (
    <div>
      <h3>{title}</h3>
      <dl className={classes['values']}>
        {entries.map(([name, one]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{missing.includes(name) || one === null || one === undefined ? <em>missing</em> : show(one)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function show(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
