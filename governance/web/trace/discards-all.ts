import type { MessageDetail } from '../../api/runtime-shapes.ts';

/** A dead letter is given up alone: what waits or is parked beside it may be another flow's. Without one, that is meant. */
export const discardsAll = ({ message, work }: MessageDetail): boolean =>
  message.state !== 'quarantined' && !work.some(({ state }) => state === 'dead');
