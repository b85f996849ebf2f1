import { Button } from '@mantine/core';
import { UsersRound } from 'lucide-react';
import { Age } from '../time/clocks.tsx';
import { eventSentence, reasonSentence } from './event-words.ts';
import classes from './tasks.module.css';
import type { Seen } from './use-seen.ts';

/** Somebody was faster: who did what, before one decides on what is not so any more. */
export function SinceNotice({ seen: { task, since, goOn } }: { readonly seen: Seen }) {
  return (
    <div className={classes['since']} role="alert">
      <UsersRound size={18} aria-hidden="true" />
      <div>
        <p>
          <strong>{since.length > 0 ? 'Somebody was faster.' : 'The task has changed; looking what it was…'}</strong>
        </p>
        <ul>
          {since.map((event, n) => (
            <li key={n}>
              {eventSentence(event, task.parts)} {reasonSentence(event)} <Age at={event.at} /> ago.
            </li>
          ))}
        </ul>
        <p>What you have written stays.</p>
        {since.length > 0 && (
          <Button variant="default" size="sm" onClick={goOn}>
            I have seen it, go on
          </Button>
        )}
      </div>
    </div>
  );
}
