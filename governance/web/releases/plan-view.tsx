import { CircleCheck, CircleMinus, CirclePlus, RotateCw, type LucideIcon } from 'lucide-react';
import type { ReleasePlan } from '../../api/release-contract.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import type { Tone } from '../states/message-state.ts';
import { ToneMark } from '../states/state-mark.tsx';
import classes from './releases.module.css';

type Planned = ReleasePlan['definitions'][number];
type What = Planned['what'] | 'changes';
const whatOf = ({ what, from, to }: Planned): What => (what === 'stays' && from !== to ? 'changes' : what);
const WHAT: Readonly<Record<What, { readonly text: string; readonly tone: Tone; readonly icon: LucideIcon }>> = {
  stays: { text: 'runs on', tone: 'plain', icon: CircleCheck },
  // Its tables are others; its nodes run on.
  changes: { text: 'changes, runs on', tone: 'info', icon: CircleCheck },
  restarts: { text: 'restarts', tone: 'info', icon: RotateCw },
  added: { text: 'is new', tone: 'ok', icon: CirclePlus },
  removed: { text: 'is removed', tone: 'warn', icon: CircleMinus },
};
/** What matters first. */
const ORDER: readonly What[] = ['removed', 'restarts', 'changes', 'added', 'stays'];

const FEED: Readonly<Record<ReleasePlan['feeds'][number]['what'], string>> = {
  stays: 'keeps its connections',
  restarts: 'closes its connections and listens again; senders send again what was not acknowledged',
  opens: 'begins to listen',
  closes: 'listens no more',
};

/** What a release would do, said by the runtime itself. */
export function PlanView({ plan }: { readonly plan: ReleasePlan }) {
  const definitions = plan.definitions.toSorted((a, b) => ORDER.indexOf(whatOf(a)) - ORDER.indexOf(whatOf(b)));
  return (
    <>
      {plan.refusals.length > 0 && (
        <div className={classes['refusals']} role="alert">
          <p>
            <strong>It cannot be carried out.</strong>
          </p>
          <ul>
            {plan.refusals.map(({ code, title, remedy }) => (
              <li key={`${code} ${title}`}>
                {title} {remedy}
              </li>
            ))}
          </ul>
        </div>
      )}
      <section aria-label="Definitions">
        <h3>Definitions</h3>
        <ScrollX label="What becomes of the definitions, table">
          <table className="plain-table">
            <thead>
              <tr>
                <th>Definition</th>
                <th>What happens</th>
                <th className="number">In work</th>
              </tr>
            </thead>
            <tbody>
              {definitions.map((definition) => {
                const { text, tone, icon } = WHAT[whatOf(definition)];
                return (
                  <tr key={definition.name}>
                    <td>{definition.title}</td>
                    <td>
                      <ToneMark tone={tone} icon={icon}>
                        {text}
                      </ToneMark>
                    </td>
                    <td className="number">{definition.openWork}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </ScrollX>
        <p className="dim">What is in work ends under the version that it began with.</p>
      </section>
      {plan.feeds.length > 0 && (
        <section aria-label="Feeds">
          <h3>Feeds</h3>
          <ul>
            {plan.feeds.map(({ name, what }) => (
              <li key={name}>
                <strong>{name}</strong> {FEED[what]}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
