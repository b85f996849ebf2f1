/** Which way an event goes, and why: the node and its preview say the same. */
import type { EventProperties } from './config.ts';

export interface Routed {
  /** From 0. */
  readonly output: number;
  /** PHI-free: names settings, never what the message says. */
  readonly why: string;
}

type Settings = Pick<EventProperties, 'routes' | 'classes' | 'units' | 'mode' | 'late'>;

export function routeOf(event: unknown, settings: Settings): Routed {
  const { routes } = settings;
  const otherwise = Math.max(1, routes.length);
  if (typeof event !== 'object' || event === null) return { output: otherwise, why: 'The message has no event.' };
  const { name } = event as { readonly name?: unknown };
  if (typeof name !== 'string') return { output: otherwise, why: 'The event has no name.' };
  const stopped = stoppedBy(event, settings);
  if (stopped !== null) return { output: otherwise, why: stopped };
  if (routes.length === 0) return { output: 0, why: 'Every event goes this way.' };
  const found = routes.findIndex((route) => takes(route, name));
  return found < 0
    ? { output: otherwise, why: 'None of the names is its name.' }
    : { output: found, why: `Taken by ${routes[found] ?? ''}.` };
}

export const takes = (route: string, name: string): boolean =>
  route.endsWith('.*') ? name.startsWith(route.slice(0, -1)) : name === route;

function stoppedBy(event: object, { classes, units, mode, late }: Settings): string | null {
  const {
    mode: is,
    late: isLate,
    data,
  } = event as { mode?: unknown; late?: unknown; data?: { visit?: unknown } | null };
  const { class: patientClass, unit } = (data?.visit ?? {}) as { readonly class?: unknown; readonly unit?: unknown };
  const isOne = (list: readonly string[], value: unknown): boolean =>
    list.length === 0 || (typeof value === 'string' && list.some((one) => one.toUpperCase() === value.toUpperCase()));
  if (!isOne(classes, patientClass)) return 'Its patient class is none of those named.';
  if (!isOne(units, unit)) return 'Its unit is none of those named.';
  if (mode !== 'any' && is !== mode) return `It is not in the mode ${mode}.`;
  if (late === 'late' && isLate !== true) return 'It is not late.';
  if (late === 'on-time' && isLate === true) return 'It is late.';
  return null;
}
