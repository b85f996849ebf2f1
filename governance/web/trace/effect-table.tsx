import { CircleCheck, CircleHelp, LoaderCircle, OctagonAlert } from 'lucide-react';
import type { EffectView } from '../../api/runtime-shapes.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { ToneMark } from '../states/state-mark.tsx';
import { clockTime, duration } from '../time/duration.ts';

const STATES = {
  'in-flight': { text: 'Under way', tone: 'info', icon: LoaderCircle },
  done: { text: 'Done', tone: 'ok', icon: CircleCheck },
  failed: { text: 'Not done', tone: 'danger', icon: OctagonAlert },
  ambiguous: { text: 'May have happened', tone: 'warn', icon: CircleHelp },
} as const;

/** What was done to the outside world, each at most once. */
export function EffectTable({ effects }: { readonly effects: readonly EffectView[] }) {
  if (effects.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="effects">
      <div className="panel-head">
        <h2 id="effects">Effects on other systems</h2>
      </div>
      <ScrollX label="Effects, table">
        <table className="plain-table">
          <thead>
            <tr>
              <th>Effect</th>
              <th>Outcome</th>
              <th>What came of it</th>
              <th className="number">Tries</th>
              <th className="number">At</th>
              <th className="number">Took</th>
            </tr>
          </thead>
          <tbody>
            {effects.map((effect) => {
              const { text, tone, icon } = STATES[effect.state];
              return (
                <tr key={effect.key}>
                  <td className="no-wrap">
                    {effect.name}
                    <div className="dim">{effect.target}</div>
                  </td>
                  <td>
                    <ToneMark tone={tone} icon={icon}>
                      {text}
                    </ToneMark>
                  </td>
                  <td>{effect.summary ?? effect.failure?.text ?? '–'}</td>
                  <td className="number">{effect.tries}</td>
                  <td className="number">{clockTime(effect.startedAt)}</td>
                  <td className="number">
                    {effect.endedAt === null ? '–' : duration(effect.endedAt - effect.startedAt)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollX>
    </section>
  );
}
