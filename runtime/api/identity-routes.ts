/**
 * Which patient is which: questions to people, links, and what is known of one. Names of elements and the masked hint of lists, never
 * values: whoever answers opens the messages. Of a part is what its messages raised; what came of it holds for the whole house.
 */
import type { Request, Router } from 'express';
import {
  LONGEST_IDENTITY_REASON,
  QUESTION_STATES,
  type Engine,
  type IdentityQuestion,
  type QuestionState,
} from '../../engine/index.ts';
import { answering } from './answering.ts';
import { bodyOf, neededText, numberIn, oneOf, textIn, type Body } from './body.ts';
import type { AskedIdentity, IdentityLinkList, IdentityQuestionList, NamedMessage, PersonView } from './contract.ts';
import { cutAtTies } from './cut-at-ties.ts';
import { keptLabels } from './message-labels.ts';
import { demandOneIn, partOf, within, type Part } from './part.ts';
import { invalid, notFound } from './problems.ts';
import { actorOf, idOf, limitOf, text, time } from './query.ts';

const ANSWERS = ['same', 'different', 'later'] as const;
const MEANT = { same: true, different: false, later: null } as const;

export function identityRoutes(router: Router, { store, clock, identities }: Engine): void {
  const namesOf = async (part: Part, ids: readonly string[]): Promise<(id: string) => NamedMessage> => {
    const mine = part === null ? ids : await inPart(part, ids);
    const labelOf = await keptLabels(store, mine);
    return (id) => labelOf(id) ?? null;
  };

  async function inPart(part: Part, ids: readonly string[]): Promise<readonly string[]> {
    const all = await Promise.all([...new Set(ids)].map((id) => store.journal.get(id)));
    return all.flatMap((one) => (one?.definitions.some((name) => part?.has(name)) ? [one.id] : []));
  }

  /** Before 404: what lies outside the part is not told to be there or not. */
  async function demandRaisedIn(part: Part, messageId: string | undefined): Promise<void> {
    if (part === null) return;
    const message = messageId === undefined ? undefined : await store.journal.get(messageId);
    demandOneIn(part, message?.definitions ?? []);
  }

  router.get(
    '/identities',
    answering(async (request, response) => {
      const part = partOf(response);
      const states = text(request, 'state')?.split(',');
      if (states?.some((state) => !(QUESTION_STATES as readonly string[]).includes(state)))
        throw invalid(`state takes ${QUESTION_STATES.join(', ')}`);
      const query = { ...pageIn(request), ...within(part) };
      const page = await store.identities.questions({
        ...query,
        ...(states && { states: states as readonly QuestionState[] }),
      });
      const [questions, next] = cutAtTies(page, query.limit, ({ since }) => since);
      const named = await namesOf(
        part,
        questions.flatMap(({ messageId, otherMessageId }) =>
          otherMessageId === null ? [messageId] : [messageId, otherMessageId],
        ),
      );
      const answer: IdentityQuestionList = {
        asOf: clock.now(),
        questions: questions.map((one) => ({
          ...asked(one),
          message: named(one.messageId),
          otherMessage: one.otherMessageId === null ? null : named(one.otherMessageId),
        })),
        counts: await store.identities.counts(within(part)),
        next,
      };
      response.json(answer);
    }),
  );

  router.get(
    '/identities/links',
    answering(async (request, response) => {
      const part = partOf(response);
      const query = { ...pageIn(request), ...within(part) };
      const page = await store.identities.links({ ...query, kinds: ['merged', 'renumbered', 'person'] });
      const [links, next] = cutAtTies(page, query.limit, ({ recordedAt }) => recordedAt);
      const named = await namesOf(
        part,
        links.map((one) => one.messageId),
      );
      const answer: IdentityLinkList = {
        asOf: clock.now(),
        links: links.map((one) => ({ ...one, message: named(one.messageId) })),
        next,
      };
      response.json(answer);
    }),
  );

  // Of the whole house: its keys and links say of which messages.
  router.get(
    '/identities/people/:id',
    answering(async (request, response) => {
      const person = await identities.person(idOf(request));
      if (!person) throw notFound('patient');
      const answer: PersonView = { ...person, questions: person.questions.map(asked) };
      response.json(answer);
    }),
  );

  router.post(
    '/identities/:id/answer',
    answering(async (request, response) => {
      const [part, actor] = [partOf(response), actorOf(request)];
      const body = bodyOf(request, ['seen', 'answer', 'survivor', 'reason']);
      const seen = seenIn(body, 'question');
      const survivor = textIn(body, 'survivor', 64);
      const same = MEANT[oneOf(body, 'answer', ANSWERS)];
      const by = { by: actor, reason: neededText(body, 'reason', LONGEST_IDENTITY_REASON) };
      const question = await store.identities.question(idOf(request));
      await demandRaisedIn(part, question?.messageId);
      const given = { same, ...(survivor !== undefined && { survivor }) };
      response.json(asked(await identities.answer(idOf(request), seen, given, by)));
    }),
  );

  router.post(
    '/identities/links/:id/undo',
    answering(async (request, response) => {
      const [part, actor] = [partOf(response), actorOf(request)];
      const body = bodyOf(request, ['seen', 'reason']);
      const seen = seenIn(body, 'link');
      const by = { by: actor, reason: neededText(body, 'reason', LONGEST_IDENTITY_REASON) };
      const link = await store.identities.link(idOf(request));
      await demandRaisedIn(part, link?.messageId);
      response.json(await identities.undo(idOf(request), seen, by));
    }),
  );
}

function pageIn(request: Request): { readonly messageId?: string; readonly before?: number; readonly limit: number } {
  const [messageId, before] = [text(request, 'message'), time(request, 'before')];
  return {
    ...(messageId !== undefined && { messageId }),
    ...(before !== undefined && { before }),
    limit: limitOf(request),
  };
}

function seenIn(body: Body, what: string): number {
  const seen = numberIn(body, 'seen');
  if (seen === undefined) throw invalid(`seen is missing: the version of the ${what} as it was seen`);
  return seen;
}

function asked(question: IdentityQuestion): AskedIdentity {
  const { marks: _, ...shown } = question;
  return shown;
}
