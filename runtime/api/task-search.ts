/** A search of tasks by words: what each of them may mean beside what stands in the task itself. */
import type { Engine, Roster, TaskWord } from '../../engine/index.ts';
import type { Part } from './part.ts';
import { within } from './part.ts';
import { invalid } from './problems.ts';

/** As long as a search box takes. */
export const LONGEST_SEARCH = 128;
/** Control ids begin with what is typed, as in the list of messages; of a shorter beginning there are too many to mean one. */
const SHORTEST_CONTROL_ID = 3;
const MOST_WORDS = 12;
const MOST_MESSAGES = 50;

/** @throws `api-request-invalid` for more than a dozen words */
export async function wordsIn(
  { store, clock }: Pick<Engine, 'store' | 'clock'>,
  search: string,
  roster: Roster,
  part: Part,
): Promise<readonly TaskWord[]> {
  const texts = [...new Set(search.toLowerCase().split(/\s+/).filter(Boolean))];
  if (texts.length > MOST_WORDS) throw invalid(`words takes at most ${MOST_WORDS} words`);
  const now = clock.now();
  const onNow = roster.entries.filter(({ from, to }) => (from === null || from <= now) && (to === null || now < to));
  return Promise.all(
    texts.map(async (text): Promise<TaskWord> => {
      const named =
        text.length < SHORTEST_CONTROL_ID
          ? []
          : await store.journal.list({ text, ...within(part), limit: MOST_MESSAGES });
      return { text, messages: named.map(({ id }) => id), on: onIn(onNow, text) };
    }),
  );
}

/** As `Roster.covering` has it: who is on for a unit stands before who is on for all of them. */
function onIn(onNow: Roster['entries'], text: string): TaskWord['on'] {
  return onNow
    .filter(({ person }) => person.toLowerCase().includes(text))
    .map(({ role, unit }) => ({
      role,
      unit,
      but:
        unit === null
          ? onNow.flatMap((one) => (one.role === role && one.unit !== null && one.unit !== '' ? [one.unit] : []))
          : [],
    }));
}
