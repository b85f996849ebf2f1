/**
 * How much of the event loop previews may take: a runtime has other things to do, and whoever types an expression into a form
 * (or sends a thousand) must not hold its messages up. Each person has an allowance that fills up again, and so have all.
 */
export interface PreviewBudget {
  /** Does it when those before are done, so that no two hold the event loop up together. `null`: too many wait. */
  inTurn<T>(work: () => Promise<T>): Promise<T> | null;
  /** `false`: nothing is left for now. */
  mayGoOn(person: string, now: number): boolean;
  spent(person: string, ms: number, now: number): void;
}

/** Milliseconds of work: at once, and again for each second. */
const EACH = { most: 1_000, perSecond: 100 } as const;
const ALL = { most: 2_000, perSecond: 200 } as const;
/** What a preview costs at least, so that cheap ones are counted, too. */
const LEAST_MS = 5;
const MOST_PEOPLE = 1_000;
const MOST_WAITING = 20;

interface Allowance {
  left: number;
  at: number;
}

export function createPreviewBudget(): PreviewBudget {
  const people = new Map<string, Allowance>();
  const all: Allowance = { left: ALL.most, at: 0 };
  const refill = (one: Allowance, { most, perSecond }: typeof EACH | typeof ALL, now: number): Allowance => {
    one.left = Math.min(most, one.left + (Math.max(0, now - one.at) / 1000) * perSecond);
    one.at = now;
    return one;
  };
  const of = (person: string, now: number): Allowance => {
    const known = people.get(person) ?? { left: EACH.most, at: now };
    people.delete(person);
    people.set(person, known);
    if (people.size > MOST_PEOPLE) people.delete(people.keys().next().value ?? '');
    return refill(known, EACH, now);
  };
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    inTurn(work) {
      if (waiting >= MOST_WAITING) return null;
      waiting++;
      const mine = last.then(work).finally(() => waiting--);
      last = mine.catch(() => undefined);
      return mine;
    },
    mayGoOn: (person, now) => of(person, now).left > 0 && refill(all, ALL, now).left > 0,
    spent(person, ms, now) {
      const cost = Math.max(LEAST_MS, ms);
      of(person, now).left -= cost;
      refill(all, ALL, now).left -= cost;
    },
  };
}
