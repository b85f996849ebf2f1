import { exactTime } from '../time/duration.ts';

/** `21 Nov 15:20` of an ISO 8601 time, in the viewer's zone. */
export const momentOf = (iso: string): string => exactTime(Date.parse(iso)).slice(0, -7);
