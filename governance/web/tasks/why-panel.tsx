import { Link } from 'wouter';
import type { TaskDetail } from '../../api/runtime-shapes.ts';
import { shortHash } from '../audit/audit-words.ts';
import { useWhy } from '../audit/queries.ts';
import { WhyDefinition } from '../audit/why-definition.tsx';
import { useSession } from '../session/session.ts';
import { exactTime } from '../time/duration.ts';
import { Fact, Panel } from './panel.tsx';
import classes from './tasks.module.css';

type Decision = TaskDetail['decisions'][number];

/** Why the task is there: the rule that decided, on which values, in which version, and who approved that. */
export function WhyPanel({ detail }: { readonly detail: TaskDetail }) {
  const { decisions, definition } = detail;
  return (
    <Panel id="why" title="Why?" aside={definition.title}>
      {decisions.length === 0 && (
        <p>No rule decided this: the flow “{definition.title}” makes the task for every such message.</p>
      )}
      {decisions.map((decision) => (
        <Decided key={decision.id} decision={decision} />
      ))}
      <Approved detail={detail} />
    </Panel>
  );
}

function Decided({ decision }: { readonly decision: Decision }) {
  const { rows, inputs, missing, error } = decision;
  return (
    <article className={classes['decision']}>
      <p>
        <strong>{decision.sentence}</strong>
      </p>
      {error !== null && <p className={classes['wrong']}>{error}</p>}
      {rows.map((row) => (
        <dl key={row.id} className={classes['rule']}>
          {row.note !== null && <Fact name="Rule">{row.note}</Fact>}
          {row.reason !== null && <Fact name="Why there is such a rule">{row.reason}</Fact>}
          {row.reference !== null && <Fact name="Reference">{row.reference}</Fact>}
          {row.owner !== null && <Fact name="Whose rule">{row.owner}</Fact>}
        </dl>
      ))}
      <h3>On these values</h3>
      <dl className={classes['inputs']}>
        {entriesOf(inputs).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{missing.includes(name) || value === null ? <em>missing</em> : value}</dd>
          </div>
        ))}
      </dl>
      <p className="dim">
        Table <code>{decision.table}</code>, {rows.length === 1 ? 'row' : 'rows'}{' '}
        <code>{decision.matched.join(', ') || 'none'}</code>, version{' '}
        <code title={decision.version}>{shortHash(decision.version)}</code>,{' '}
        {exactTime(decision.at).replace(/\.\d+$/, '')}.{' '}
        {decision.deterministic ? 'The same values always give the same.' : 'The same values may give something else.'}
      </p>
    </article>
  );
}

/** The version that ran and who approved it, from the signed release. */
function Approved({ detail: { task, definition } }: { readonly detail: TaskDetail }) {
  const { may } = useSession();
  return may('message:read') ? (
    <FromRelease messageId={task.messageId} definition={definition} />
  ) : (
    <p className="dim">
      Version <code title={definition.version}>{shortHash(definition.version)}</code> of {definition.name}.
    </p>
  );
}

function FromRelease({
  messageId,
  definition: { name, version },
}: {
  readonly messageId: string;
  readonly definition: TaskDetail['definition'];
}) {
  const why = useWhy(messageId);
  const own = why.data?.definitions.find((one) => one.name === name && one.version === version);
  return (
    <section className={classes['approved']} aria-label="Who approved it">
      {own && why.data ? (
        <WhyDefinition definition={own} runtime={why.data.runtime} />
      ) : (
        <p className="dim">
          Version <code title={version}>{shortHash(version)}</code> of {name}
          {why.isError ? '; who approved it cannot be read now.' : why.isPending ? '; looking who approved it…' : '.'}
        </p>
      )}
      <p>
        <Link href={`/audit/why/${messageId}`}>The whole story of the message</Link>
      </p>
    </section>
  );
}

function entriesOf(value: unknown): readonly (readonly [string, string | null])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, one]) => [name, shown(one)]);
}

function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map((one) => shown(one) ?? 'missing').join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
