import { CircleCheck, CornerDownRight, GitBranch, OctagonAlert, type LucideIcon } from 'lucide-react';
import type { TraceStep, WorkView } from '../../api/runtime-shapes.ts';
import type { Tone } from '../states/message-state.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { ToneMark } from '../states/state-mark.tsx';
import { duration } from '../time/duration.ts';
import { isCaught } from './flow-graph.ts';

const OUTCOMES: Readonly<
  Record<TraceStep['outcome'], { readonly text: string; readonly tone: Tone; readonly icon?: LucideIcon }>
> = {
  passed: { text: 'Went on', tone: 'plain', icon: CornerDownRight },
  forked: { text: 'Went several ways', tone: 'plain', icon: GitBranch },
  settled: { text: 'Finished here', tone: 'ok', icon: CircleCheck },
  failed: { text: 'Failed', tone: 'danger', icon: OctagonAlert },
  absorbed: { text: 'Kept here', tone: 'plain' },
  ended: { text: 'Ended without settling', tone: 'danger', icon: OctagonAlert },
};
const CAUGHT = { text: 'Failed, caught', tone: 'danger', icon: OctagonAlert } as const;

/** Every node the last attempts went through, in order, with its time. */
export function StepTable({ work }: { readonly work: readonly WorkView[] }) {
  const steps = work.flatMap((item) => item.attempts.at(-1)?.steps ?? []).toSorted((a, b) => a.at - b.at);
  const first = steps[0];
  if (!first) return null;
  return (
    <section className="panel" aria-labelledby="steps">
      <div className="panel-head">
        <h2 id="steps">Steps</h2>
        <span className="dim">{steps.length} in the last attempt</span>
      </div>
      <ScrollX stacked label="Steps, table">
        <table className="plain-table">
          <thead>
            <tr>
              <th>Node</th>
              <th>Outcome</th>
              <th className="number">After</th>
              <th className="number">Time in it</th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step, index) => {
              const { text, tone, icon } = isCaught(step, steps) ? CAUGHT : OUTCOMES[step.outcome];
              return (
                <tr key={`${step.branch} ${step.node.id} ${index}`}>
                  <td>
                    {step.node.name || step.node.type} <span className="dim">{step.node.name && step.node.type}</span>
                    {step.note && <div className="dim">{step.note}</div>}
                  </td>
                  <td>
                    <ToneMark tone={tone} {...(icon ? { icon } : {})}>
                      {text}
                    </ToneMark>
                  </td>
                  <td className="number dim">{duration(step.at - first.at)}</td>
                  <td className="number">{step.ms === null ? '–' : duration(step.ms)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollX>
    </section>
  );
}
