/** Figures and how they compare, in words. Pure. */
import type { ShiftFigures } from '../../api/runtime-shapes.ts';
import { duration } from '../time/duration.ts';

export const number = (value: number): string => value.toLocaleString('en-GB');
export const span = (ms: number | null): string => (ms === null ? '–' : duration(Math.round(ms / 1000) * 1000));
export const percent = (rate: number | null): string => (rate === null ? '–' : `${Math.round(rate * 100)} %`);

/** Nearer than this is the same: nobody acts on half a minute. */
const SAME_MS = 30_000;
const SAME_RATE = 0.005;

/** `12 min slower than the shift before`; `null`: there is nothing to compare. */
export function compareTimes(now: number | null, before: number | null, than: string): string | null {
  if (now === null || before === null) return null;
  const difference = now - before;
  if (Math.abs(difference) < SAME_MS) return `as fast as ${than}`;
  const by = duration(Math.max(60_000, Math.round(Math.abs(difference) / 60_000) * 60_000));
  return `${by} ${difference > 0 ? 'slower' : 'faster'} than ${than}`;
}

/** `8 more than the shift before`. */
export function compareCounts(now: number, before: number, than: string): string {
  if (now === before) return `as many as ${than}`;
  return `${number(Math.abs(now - before))} ${now > before ? 'more' : 'fewer'} than ${than}`;
}

/** `5 points more than the shift before`. */
export function compareRates(now: number | null, before: number | null, than: string): string | null {
  if (now === null || before === null) return null;
  const points = Math.round(Math.abs(now - before) * 100);
  if (Math.abs(now - before) < SAME_RATE || points === 0) return `the same as ${than}`;
  return `${points} ${points === 1 ? 'point' : 'points'} ${now > before ? 'more' : 'less'} than ${than}`;
}

/** Nothing is pending, and nothing happened. */
export function isEmpty(figures: ShiftFigures): boolean {
  const { created, completed, alertsStarted, alertsHeldBack, escalationSteps } = figures;
  const measured = figures.inState.count + figures.toAcknowledge.count;
  return measured + created + completed + alertsStarted + alertsHeldBack + escalationSteps === 0;
}
