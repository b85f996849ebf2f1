/** How often people may have the runtime ask another system: each person, and all together. */
export interface AskAllowance {
  /** `false`: not now. */
  take(person: string, now: number): boolean;
}

/** At once; one comes back every so many milliseconds. */
const EACH = { most: 6, everyMs: 5_000 } as const;
const ALL = { most: 20, everyMs: 1_000 } as const;
const MOST_PEOPLE = 1_000;

interface Bucket {
  left: number;
  at: number;
}

export function createAskAllowance(): AskAllowance {
  const people = new Map<string, Bucket>();
  const all: Bucket = { left: ALL.most, at: 0 };
  const refill = (bucket: Bucket, { most, everyMs }: typeof EACH | typeof ALL, now: number): Bucket => {
    bucket.left = Math.min(most, bucket.left + Math.max(0, now - bucket.at) / everyMs);
    bucket.at = now;
    return bucket;
  };
  return {
    take(person, now) {
      const known = people.get(person) ?? { left: EACH.most, at: now };
      people.delete(person);
      people.set(person, known);
      if (people.size > MOST_PEOPLE) people.delete(people.keys().next().value ?? '');
      const mine = refill(known, EACH, now);
      const every = refill(all, ALL, now);
      if (mine.left < 1 || every.left < 1) return false;
      mine.left--;
      every.left--;
      return true;
    },
  };
}
