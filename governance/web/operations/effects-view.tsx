import { Button } from '@mantine/core';
import { CircleCheck, CircleHelp } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { EffectDecision, UncertainEffects } from '../../api/runtime-shapes.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { VirtualList } from '../lists/virtual-list.tsx';
import { useSession } from '../session/session.ts';
import { Age } from '../time/clocks.tsx';
import { counted } from './counted.ts';
import { DecideSheet } from './decide-sheet.tsx';
import classes from './operations.module.css';
import { useUncertainEffects } from './queries.ts';

type Effect = UncertainEffects['effects'][number];

/** Effects that may have happened: a person looks at the other side and says. */
export function EffectsView() {
  const { may } = useSession();
  const query = useUncertainEffects();
  const [chosen, setChosen] = useState<{ effect: Effect; outcome: EffectDecision['outcome'] } | null>(null);
  const effects = query.data?.effects ?? [];
  return (
    <section className="panel" aria-label="Uncertain effects">
      {query.isPending ? (
        <LoadingRows rows={5} height={84} />
      ) : query.isError && !query.data ? (
        <ProblemNotice error={query.error} retry={() => void query.refetch()} />
      ) : effects.length === 0 ? (
        <EmptyState icon={CircleCheck} title="Nothing is uncertain">
          Of every action on the outside world it is known whether it happened.
        </EmptyState>
      ) : (
        <>
          <p className={classes['explain']}>
            These actions were sent, no answer came back, and their messages have failed. Look at the other side, then
            say whether it happened. Until then, a redrive looks a FHIR write up before it repeats it.
          </p>
          <VirtualList items={effects} keyOf={(one) => one.key} estimate={92} label="Uncertain effects">
            {(effect) => (
              <div className={classes['group']}>
                <CircleHelp size={18} aria-hidden="true" className={classes['uncertain']} />
                <div className={classes['group-text']}>
                  <span>
                    <strong>{effect.target}</strong> ({effect.name})
                  </span>
                  <span>{effect.failure?.text}</span>
                  <span className="dim">
                    {effect.definition} · <Age at={effect.endedAt ?? effect.startedAt} /> ago ·{' '}
                    {counted(effect.tries, 'try').replace('trys', 'tries')} ·{' '}
                    <Link href={`/messages/${effect.messageId}`}>message</Link>
                  </span>
                </div>
                {may('effect:decide') && (
                  <span className={classes['group-acts']}>
                    <Button
                      variant="default"
                      onClick={() => setChosen({ effect, outcome: 'done' })}
                      aria-label={`It happened: ${effect.target}`}
                    >
                      It happened…
                    </Button>
                    <Button
                      variant="default"
                      onClick={() => setChosen({ effect, outcome: 'failed' })}
                      aria-label={`It did not happen: ${effect.target}`}
                    >
                      It did not…
                    </Button>
                  </span>
                )}
              </div>
            )}
          </VirtualList>
        </>
      )}
      {chosen && <DecideSheet {...chosen} onClose={() => setChosen(null)} />}
    </section>
  );
}
