/** Questions and links of the fake runtime: one of each kind, of its newest messages. */
import type { MessageSummary } from '../../engine/index.ts';
import type {
  IdentityAnswer,
  IdentityLinkList,
  IdentityQuestionList,
  IdentityUndoing,
} from '../../runtime/api/contract.ts';

type Question = IdentityQuestionList['questions'][number];
type Link = IdentityLinkList['links'][number];
type Answer = { readonly status: number; readonly body: unknown };

export interface FakeIdentities {
  readonly questions: readonly Question[];
  readonly links: readonly Link[];
  /** Somebody else was faster with this question. */
  touch(index: number): void;
  answer(path: readonly [string, string, string], query: URLSearchParams, body: string, actor: string): Answer;
}

export function fakeIdentities(messages: readonly MessageSummary[], now: number): FakeIdentities {
  const questions = questionsOf(messages, now);
  const links = linksOf(messages, now);
  const ok = (body: unknown): Answer => ({ status: 200, body });
  const not = (status: number, code: string): Answer => ({
    status,
    body: { type: 'about:blank', title: 'Somebody was faster.', status, code, remedy: 'Look again.' },
  });
  return {
    questions,
    links,
    touch(index) {
      const found = questions[index];
      if (found) questions[index] = { ...found, version: found.version + 1 };
    },
    answer([first, second, third], query, body, actor) {
      if (first === '') {
        const states = query.get('state')?.split(',');
        const count = (state: Question['state']): number => questions.filter((one) => one.state === state).length;
        const counts = {
          open: count('open'),
          same: count('same'),
          different: count('different'),
          withdrawn: count('withdrawn'),
        };
        const asked = questions.filter(({ state }) => states?.includes(state) ?? true);
        return ok({ asOf: Date.now(), questions: asked, counts, next: null });
      }
      if (first === 'links' && second === '') return ok({ asOf: Date.now(), links, next: null });
      if (first === 'links' && third === 'undo') {
        const at = links.findIndex(({ id }) => id === second);
        const found = links[at];
        const { seen, reason } = JSON.parse(body) as IdentityUndoing;
        if (found?.version !== seen) return not(409, 'identity-stale');
        links[at] = { ...found, version: seen + 1, undone: { by: actor, at: Date.now(), reason } };
        return ok(links[at]);
      }
      const at = questions.findIndex(({ id }) => id === first);
      const found = questions[at];
      if (second !== 'answer' || !found) return not(404, 'identity-unknown');
      const { seen, answer, reason } = JSON.parse(body) as IdentityAnswer;
      if (found.version !== seen) return not(409, 'identity-stale');
      const said = { by: actor, at: Date.now(), reason };
      const { left: _, ...asked } = found;
      questions[at] =
        answer === 'later'
          ? { ...found, version: seen + 1, left: said }
          : { ...asked, version: seen + 1, state: answer, decided: said };
      return ok(questions[at]);
    },
  };
}

function questionsOf(messages: readonly MessageSummary[], now: number): Question[] {
  const kinds = [
    {
      kind: 'duplicate',
      keys: ['3f9a1c07d2e8b4a6', 'b81e44d09c3f7a52'],
      elements: ['family', 'given', 'birthDate'],
      compared: { agree: ['family', 'given', 'birthDate'], differ: ['sex'] },
    },
    {
      kind: 'overlay',
      keys: ['70c2e91b5d8a3f64'],
      elements: ['birthDate'],
      compared: { agree: ['family', 'given'], differ: ['birthDate'] },
    },
    {
      kind: 'two-people',
      keys: ['e4b7d2a09f1c8365', '19d3f8a6c07e52b4'],
      elements: [],
      compared: { agree: [], differ: [] },
    },
  ] as const;
  return messages.slice(0, kinds.length).map((message, i) => {
    const other = messages[i + kinds.length];
    return {
      ...(kinds[i] ?? kinds[0]),
      id: `question-${i}`,
      version: 1,
      state: 'open',
      messageId: message.id,
      otherMessageId: other?.id ?? null,
      since: now - (i + 1) * 1_500_000,
      decided: null,
      linkId: null,
      message,
      otherMessage: other ?? null,
    };
  });
}

function linksOf(messages: readonly MessageSummary[], now: number): Link[] {
  return messages.slice(0, 2).map((message, i) => ({
    id: `link-${i}`,
    version: 1,
    prior: i === 0 ? 'a05d7c31e9f2b846' : '5b2f90e7d1c4a863',
    survivor: i === 0 ? 'c918e6f0b72d4a35' : '8e01c7b3f5d2964a',
    kind: i === 0 ? 'merged' : 'person',
    at: now - (i + 1) * 5_400_000,
    recordedAt: now - (i + 1) * 5_000_000,
    messageId: message.id,
    by: i === 0 ? 'message' : 'user:sam',
    reason: i === 0 ? null : 'Same person, checked at the desk',
    undone: null,
    message,
  }));
}
