import { Button } from '@mantine/core';
import type { TaskEvent, TaskPart } from '../../api/runtime-shapes.ts';
import { Age } from '../time/clocks.tsx';
import { exactTime } from '../time/duration.ts';
import { eventSentence, reasonSentence } from './event-words.ts';
import { Panel } from './panel.tsx';
import classes from './tasks.module.css';

/** Everything that was done about it, the latest first; comments among it, where they were made. */
export function Timeline({
  events,
  parts,
  onComment,
}: {
  readonly events: readonly TaskEvent[];
  readonly parts: readonly TaskPart[];
  readonly onComment: (() => void) | null;
}) {
  return (
    <Panel
      id="timeline"
      title="What happened"
      aside={
        onComment && (
          <Button variant="default" onClick={onComment}>
            Comment…
          </Button>
        )
      }
    >
      <ol className={classes['timeline']}>
        {events.toReversed().map((event, n) => {
          const reason = reasonSentence(event);
          return (
            <li key={events.length - n} data-kind={event.kind}>
              <time className={classes['when']} dateTime={new Date(event.at).toISOString()} title={exactTime(event.at)}>
                <Age at={event.at} /> ago
              </time>
              <div>
                <p>{eventSentence(event, parts)}</p>
                {event.kind === 'commented' && <p className={classes['quoted']}>{event.text}</p>}
                {reason !== null && <p className="dim">Why: {reason}</p>}
              </div>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
