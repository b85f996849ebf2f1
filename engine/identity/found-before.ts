/**
 * What was found of patients a moment ago: most messages say of theirs what one before said, and ask the store nothing. Holds where
 * this process alone writes, and the store's calls take effect in their order.
 */
import { hash } from 'node:crypto';
import type { Hl7Message } from '../hl7/message.ts';
import type { IdentityFinding } from '../store/contract/identities.ts';
import type { IdentityRules } from './identity-file.ts';

/** Patients, about 1 KB each. */
const MOST = 5000;
/** What is stated is then kept again: it goes with the body of a message. */
const FOR_MS = 15 * 60_000;

interface Entry {
  readonly finding: IdentityFinding;
  readonly holdsFrom: number;
  readonly keys: readonly string[];
  readonly turn: number;
  readonly until: number;
}

export interface FoundBefore {
  /** `said`: as {@link saidIn} gives it. */
  find(said: string, firstAt: number, now: number): IdentityFinding | undefined;
  /** To be asked before the store is; for {@link keep}. */
  turn(): number;
  keep(said: string, keys: readonly string[], finding: IdentityFinding, turn: number, now: number): void;
  /** What somebody was just told by the store: of those whom it changed, nothing that was found before holds any longer. */
  heed(keys: readonly string[], finding: IdentityFinding): void;
  /** Nothing holds any longer. */
  clear(): void;
}

export function foundBefore(): FoundBefore {
  const entries = new Map<string, Entry>();
  const changes = new Map<string, number>();
  const asked = new Set<string>();
  let turn = 1;
  /** What was asked before it may not know. */
  let cleared = 0;

  function clear(): void {
    cleared = turn++;
    entries.clear();
    changes.clear();
    asked.clear();
  }

  return {
    find(said, firstAt, now) {
      const entry = entries.get(said);
      if (!entry) return undefined;
      if (entry.until <= now || entry.keys.some((key) => (changes.get(key) ?? 0) >= entry.turn)) {
        entries.delete(said);
        return undefined;
      }
      return entry.holdsFrom <= firstAt ? entry.finding : undefined;
    },

    turn: () => turn,

    keep(said, stated, finding, began, now) {
      const { holdsFrom } = finding;
      if (holdsFrom === undefined || began <= cleared) return;
      entries.delete(said);
      if (entries.size >= MOST) entries.delete(entries.keys().next().value ?? '');
      entries.set(said, { finding, holdsFrom, keys: keysOf(stated, finding), turn: began, until: now + FOR_MS });
    },

    heed(stated, finding) {
      const { changed, questions } = finding;
      // A question is also about somebody whom the message does not name.
      if (questions.some((id) => !asked.has(id)) || changes.size + asked.size > MOST) clear();
      for (const id of questions) asked.add(id);
      if (changed.length === 0) return;
      for (const key of [...changed, ...keysOf(stated, finding)]) changes.set(key, turn);
      turn++;
    },

    clear,
  };
}

const keysOf = (stated: readonly string[], { survivors, former }: IdentityFinding): readonly string[] => [
  ...new Set([...stated, ...Object.values(survivors), ...Object.keys(former), ...Object.values(former).flat()]),
];

/**
 * All that {@link statedInHl7} reads of the patient, as a hash; `undefined`: the message is about several, or says who became whom.
 * A time is no part of it: who it is does not depend on that.
 */
export function saidIn(message: Hl7Message, { version }: IdentityRules): string | undefined {
  let said: string | undefined;
  for (const segment of message.segments()) {
    if (segment.name === 'MRG') return undefined;
    if (segment.name !== 'PID') continue;
    if (said !== undefined) return undefined;
    said = JSON.stringify([version, message.get('MSH-1'), message.get('MSH-2'), ...READ.map((n) => segment.raw(n))]);
  }
  return said === undefined ? undefined : hash('sha256', said);
}

/** Fields of PID: identifiers, name, date of birth, sex, address. */
const READ = [3, 5, 7, 8, 11];
