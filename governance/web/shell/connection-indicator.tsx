import { Tooltip } from '@mantine/core';
import { useLiveState } from '../api/live.ts';
import classes from './connection-indicator.module.css';

const LOOKS = {
  connecting: { text: 'Connecting', tone: 'wait', why: 'The live connection is being opened.' },
  live: { text: 'Live', tone: 'ok', why: 'Changes appear as they happen.' },
  reconnecting: { text: 'Reconnecting', tone: 'wait', why: 'The console does not answer; what you see may be old.' },
  'runtime-down': { text: 'Runtime down', tone: 'bad', why: 'The console runs, but the runtime does not answer.' },
} as const;

/** Whether what is on the screen is current; said in words. */
export function ConnectionIndicator() {
  const { text, tone, why } = LOOKS[useLiveState().kind];
  return (
    <Tooltip label={why}>
      <span className={classes['live']} data-tone={tone} role="status" tabIndex={0}>
        {text}
      </span>
    </Tooltip>
  );
}
