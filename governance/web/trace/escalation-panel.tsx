import { Button } from '@mantine/core';
import { BellRing, CircleCheck } from 'lucide-react';
import { useState } from 'react';
import type { EscalationView } from '../../api/runtime-shapes.ts';
import { AcknowledgeSheet } from '../escalations/acknowledge-sheet.tsx';
import { escalationEnd, isOpen, nextStepOf } from '../escalations/escalation-words.ts';
import { useSession } from '../session/session.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { Until } from '../time/clocks.tsx';
import classes from './trace.module.css';

/** Who is being told, and who must answer. */
export function EscalationPanel({ escalations }: { readonly escalations: readonly EscalationView[] }) {
  const { may } = useSession();
  const [chosen, setChosen] = useState<EscalationView | null>(null);
  if (escalations.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="escalations">
      <div className="panel-head">
        <h2 id="escalations">{escalations.length === 1 ? 'Escalation' : 'Escalations'}</h2>
      </div>
      {escalations.map((one) => {
        const next = nextStepOf(one);
        return (
          <article key={one.id} className={classes['escalation']}>
            <p className={classes['escalation-title']}>{one.title}</p>
            {isOpen(one) ? (
              <>
                <p>
                  <ToneMark tone="warn" icon={BellRing}>
                    Waiting for an answer
                  </ToneMark>
                </p>
                {next && one.nextAt !== null && (
                  <p className="dim">
                    {next.to} is told <Until at={one.nextAt} />
                  </p>
                )}
                {may('escalation:acknowledge') && (
                  <Button size="sm" onClick={() => setChosen(one)}>
                    Acknowledge…
                  </Button>
                )}
              </>
            ) : (
              <p>
                <ToneMark tone={one.state === 'acknowledged' ? 'ok' : 'plain'} icon={CircleCheck}>
                  {escalationEnd(one)}
                </ToneMark>
              </p>
            )}
          </article>
        );
      })}
      {chosen && <AcknowledgeSheet escalation={chosen} onClose={() => setChosen(null)} />}
    </section>
  );
}
