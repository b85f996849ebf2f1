/** Times as expressions give them: a duration from now, or a moment with its zone. */
import { durationMs } from '../../engine/index.ts';

/** A date alone, or a time without its zone, names another moment on every machine. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

export function afterDuration(now: number, value: unknown): number | undefined {
  const ms = typeof value === 'string' ? durationMs(value.trim()) : undefined;
  return ms === undefined ? undefined : now + ms;
}

export function moment(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value > 0 ? Math.trunc(value) : undefined;
  if (typeof value !== 'string' || !MOMENT.test(value.trim())) return undefined;
  const at = Date.parse(value.trim().replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(at) ? undefined : at;
}
