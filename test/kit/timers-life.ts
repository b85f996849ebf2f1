/** A process that tells people of due timers: `node timers-life.ts <data folder>`; a line on standard output for each telling. */
import { writeSync } from 'node:fs';
import { openTimers, TIMERS } from './many-timers.ts';

const A_MOMENT = new Int32Array(new SharedArrayBuffer(4));
const engine = await openTimers(process.argv[2] ?? '');
engine.dispatcher.addSource({
  id: TIMERS,
  definition: 'lab',
  capacity: 128,
  leaseMs: 60_000,
  deliver(work) {
    // Told before it is known to be told, as people are.
    tell(`${work.child?.key ?? ''} ${work.attempt}\n`);
    void engine.dispatcher.finish(work, { outcome: { kind: 'done' }, trace: [], version: null });
  },
});
engine.start();

/** A pipe that nobody reads fast enough is full for a moment: that is no failure of a delivery. */
function tell(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(A_MOMENT, 0, 0, 1);
    }
  }
}
