/** Which time a person looks at, as the address bar holds it, and the time before it. Pure; by the clock of a zone. */
import { DateTime } from 'luxon';

export const KINDS = { shift: 'This shift', today: 'Today', week: 'Last 7 days', own: 'From … to …' } as const;
export type Kind = keyof typeof KINDS;

export const SHIFT_PLANS = ['12-7', '12-6', '12-8', '8-6', '8-7'] as const;
/** Hours of a shift, and the hour at which the first of a day begins. */
export type ShiftPlan = (typeof SHIFT_PLANS)[number];

export interface TimeChoice {
  readonly kind: Kind;
  readonly plan: ShiftPlan;
  /** How many shifts, days or weeks ago. */
  readonly back: number;
  /** Of `own`: `2026-01-05T07:00`, in the zone. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly serviceLine: string | null;
}

export interface ShiftTime {
  readonly from: number;
  readonly to: number;
  /** `Night shift`, `Today`. */
  readonly name: string;
  /** `Sat 21 Nov 19:00 – Sun 22 Nov 07:00`. */
  readonly span: string;
  /** To compare with: of the same length, up to the same point where this time is not over yet. */
  readonly before: { readonly from: number; readonly to: number; readonly name: string; readonly span: string };
}

const LONGEST_MS = 31 * 86_400_000;
const MOST_BACK = 500;
const STEP_MS = 5 * 60_000;

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function readChoice(params: URLSearchParams, plan: ShiftPlan): TimeChoice {
  const kind = params.get('time') ?? '';
  const back = Number(params.get('back') ?? 0);
  const asked = params.get('shifts');
  const zone = params.get('zone') ?? '';
  return {
    kind: Object.hasOwn(KINDS, kind) ? (kind as Kind) : 'shift',
    plan: SHIFT_PLANS.find((one) => one === asked) ?? plan,
    back: Number.isInteger(back) && back > 0 && back <= MOST_BACK ? back : 0,
    from: (params.get('from') ?? '').slice(0, 16),
    to: (params.get('to') ?? '').slice(0, 16),
    zone: zone !== '' && zone.length <= 64 && DateTime.utc().setZone(zone).isValid ? zone : browserZone(),
    serviceLine: params.get('line')?.slice(0, 64) ?? null,
  };
}

/** `problem`: why there is no such time; empty while a field is not filled. */
export function timeOf(choice: TimeChoice, now: number): ShiftTime | { readonly problem: string } {
  const here = DateTime.fromMillis(now, { zone: choice.zone });
  const { back } = choice;
  const at = (ms: number): DateTime => DateTime.fromMillis(ms, { zone: choice.zone });
  if (choice.kind === 'today') {
    const day = (ago: number): DateTime => here.startOf('day').minus({ days: ago });
    const name = back === 0 ? 'Today' : back === 1 ? 'Yesterday' : day(back).toFormat('cccc', ENGLISH);
    return timeBetween(day(back), day(back - 1), name, day(back + 1), 'the day before', now);
  }
  if (choice.kind === 'week') {
    const end = (ago: number): DateTime => here.startOf('day').minus({ days: 7 * ago - 1 });
    const name = back === 0 ? 'Last 7 days' : '7 days';
    return timeBetween(end(back + 1), end(back), name, end(back + 2), 'the 7 days before', now);
  }
  if (choice.kind === 'own') {
    const [from, to] = [choice.from, choice.to].map((text) => DateTime.fromISO(text, { zone: choice.zone }));
    if (!from?.isValid || !to?.isValid) return { problem: '' };
    const length = to.toMillis() - from.toMillis();
    if (length <= 0) return { problem: 'It ends before it begins: choose a later end.' };
    if (length > LONGEST_MS) return { problem: 'A report is of 31 days at most: choose a shorter time.' };
    return timeBetween(from, to, 'Own time', at(from.toMillis() - length), 'the time before', now);
  }
  const [hours = 12, first = 7] = choice.plan.split('-').map(Number);
  const perDay = 24 / hours;
  const nth = (index: number): number => ((index % perDay) + perDay) % perDay;
  /** By the clock on the wall: a shift in which clocks change is an hour shorter or longer. */
  const start = (index: number): DateTime => {
    const hour = first + nth(index) * hours;
    const day = here.startOf('day').plus({ days: Math.floor(index / perDay) + Math.floor(hour / 24) });
    return day.set({ hour: hour % 24 });
  };
  let current = perDay;
  while (start(current).toMillis() > now) current--;
  const index = current - back;
  const name = `${shiftName(hours, nth(index))} shift`;
  return timeBetween(start(index), start(index + 1), name, start(index - 1), 'the shift before', now);
}

/** `2026-01-05T07:00` in the zone, for a field. */
export const fieldText = (at: number, zone: string): string =>
  DateTime.fromMillis(at, { zone }).toFormat("yyyy-LL-dd'T'HH:mm");

const shiftName = (hours: number, nth: number): string =>
  (hours === 12 ? ['Day', 'Night'] : ['Early', 'Late', 'Night'])[nth] ?? '';

function timeBetween(
  from: DateTime,
  to: DateTime,
  name: string,
  before: DateTime,
  beforeName: string,
  now: number,
): ShiftTime {
  const isOver = now >= to.toMillis();
  // Not by the second: the same question stays the same for a while.
  const point = Math.max(STEP_MS, Math.floor((now - from.toMillis()) / STEP_MS) * STEP_MS);
  const beforeTo = isOver ? from : DateTime.min(from, before.plus({ milliseconds: point }));
  return {
    from: from.toMillis(),
    to: to.toMillis(),
    name,
    span: spanText(from, to),
    before: {
      from: before.toMillis(),
      to: beforeTo.toMillis(),
      name: isOver ? beforeName : `${beforeName} at this point`,
      span: spanText(before, beforeTo),
    },
  };
}

const ENGLISH = { locale: 'en-GB' } as const;
const DAY_AND_TIME = 'ccc d LLL HH:mm';

function spanText(from: DateTime, to: DateTime): string {
  const end = from.hasSame(to, 'day') ? 'HH:mm' : DAY_AND_TIME;
  return `${from.toFormat(DAY_AND_TIME, ENGLISH)} – ${to.toFormat(end, ENGLISH)}`;
}

/** `07:00`, of a bucket; `Mon 5 Jan` where buckets are days. */
export function bucketName(at: number, zone: string, days: boolean): string {
  return DateTime.fromMillis(at, { zone }).toFormat(days ? 'ccc d LLL' : 'HH:mm', ENGLISH);
}
