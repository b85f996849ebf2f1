/** Stands in for `engine/store/sqlite/arrivals/arrival-log.ts`: the same, and a step when a message is on the disk. */
import { ArrivalLog } from '../../../engine/store/sqlite/arrivals/arrival-log.ts';
import { around } from './around.ts';
import { reach } from './reach.ts';

around(ArrivalLog.prototype, 'append', (append, ...given) => {
  const isKept = append(...given);
  if (isKept) reach('arrival kept');
  return isKept;
});

export { ArrivalLog, readArrivals } from '../../../engine/store/sqlite/arrivals/arrival-log.ts';
