import { AlarmClock, Clock } from 'lucide-react';
import { exactTime } from '../time/duration.ts';
import { useRuntimeNow } from '../time/runtime-clock.ts';
import { dueWords, endWords } from './task-words.ts';
import classes from './tasks.module.css';

/** When it is due, as people say it; of an ended task whether it was in time. */
export function DueClock({ dueAt, endedAt }: { readonly dueAt: number | null; readonly endedAt: number | null }) {
  return endedAt === null ? <Ticking dueAt={dueAt} /> : <span className="dim">{endWords(endedAt, dueAt)}</span>;
}

function Ticking({ dueAt }: { readonly dueAt: number | null }) {
  const now = useRuntimeNow();
  const words = dueWords(dueAt, now);
  if (dueAt === null) return <span className="dim">{words}</span>;
  const late = dueAt <= now;
  const soon = !late && dueAt - now < 15 * 60_000;
  const Icon = late ? AlarmClock : Clock;
  return (
    <time
      className={classes['due']}
      data-late={late}
      data-soon={soon}
      dateTime={new Date(dueAt).toISOString()}
      title={exactTime(dueAt)}
    >
      <Icon size={14} aria-hidden="true" />
      {words}
    </time>
  );
}
