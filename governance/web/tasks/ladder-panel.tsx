import { BellRing } from 'lucide-react';
import type { EscalationView } from '../../api/runtime-shapes.ts';
import { escalationEnd, isOpen, nextStepOf } from '../escalations/escalation-words.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { Until } from '../time/clocks.tsx';
import { Panel } from './panel.tsx';
import classes from './tasks.module.css';

/** Who is told next if nobody answers, and who has been. */
export function LadderPanel({ escalation }: { readonly escalation: EscalationView | null }) {
  if (!escalation) return null;
  const { steps, nextStep, nextAt } = escalation;
  const open = isOpen(escalation);
  const next = nextStepOf(escalation);
  return (
    <Panel id="ladder" title="If nobody answers">
      {open ? (
        <p className={classes['next']}>
          <ToneMark tone="warn" icon={BellRing}>
            Running
          </ToneMark>
          {next && nextAt !== null ? (
            <span>
              {next.to} is told{' '}
              <strong>
                <Until at={nextAt} />
              </strong>
            </span>
          ) : (
            <strong>Every step was taken, and nobody answered.</strong>
          )}
        </p>
      ) : (
        <p>{escalationEnd(escalation)}. Nobody else is told.</p>
      )}
      {escalation.again && open && <p className="dim">Began again when nobody had the task any more.</p>}
      <ol className={classes['ladder']}>
        {steps.map((step, n) => (
          <li key={n} data-told={n < nextStep}>
            <span>
              {step.to} <span className="dim">by {step.channel}</span>
            </span>
            <span className="dim">
              {n < nextStep ? 'told' : open ? (n === nextStep ? 'next' : 'later') : 'not needed'}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
