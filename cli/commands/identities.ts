import { QUESTION_STATES, type IdentityLink } from '../../engine/index.ts';
import type { AskedIdentity, IdentityLinkList, IdentityQuestionList, PersonView } from '../../runtime/api/contract.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { columns, dateTime, json, jsonLine, safe } from '../terminal.ts';

interface Common {
  readonly runtime: string;
  readonly json?: boolean;
}

export interface IdentityListOptions extends Common {
  readonly limit: string;
  readonly state: string;
  readonly message?: string;
}

export interface DecideOptions extends Common {
  readonly as: string;
  readonly survivor?: string;
  readonly reason: string;
}

const ANSWERS: readonly string[] = ['same', 'different', 'later'];

/** The API's own limit. */
const MOST = 1_000;

function limitFrom(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST) throw cliErrors.create('option-invalid', { option: '--limit', takes: `1 to ${MOST}` });
  return limit;
}

export async function listQuestions(io: Io, options: IdentityListOptions): Promise<void> {
  const { state, message } = options;
  const limit = limitFrom(options.limit);
  if (state.split(',').some((one) => !(QUESTION_STATES as readonly string[]).includes(one)))
    throw cliErrors.create('option-invalid', { option: '--state', takes: QUESTION_STATES.join(', ') });
  const runtime = await findRuntime(io, options.runtime);
  const { questions } = await runtime.get<IdentityQuestionList>('/identities', { limit, state, message });
  if (options.json === true) io.out(json(questions));
  else if (questions.length === 0) io.out('No questions.\n');
  else
    io.out(
      columns([
        ['id', 'since', 'state', 'kind', 'because of', 'message', 'other message'],
        ...questions.map((one) => [
          one.id,
          dateTime(one.since),
          one.state,
          one.kind,
          one.elements.join(', ') || 'identifiers',
          one.messageId,
          one.otherMessageId ?? '',
        ]),
      ]),
    );
}

export async function listLinks(io: Io, options: Common & { readonly limit: string }): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  const { links } = await runtime.get<IdentityLinkList>('/identities/links', { limit: limitFrom(options.limit) });
  if (options.json === true) io.out(json(links));
  else if (links.length === 0) io.out('No merges.\n');
  else
    io.out(
      columns([
        ['id', 'recorded', 'kind', 'since', 'prior', 'survivor', 'by', 'taken back'],
        ...links.map((one) => [
          one.id,
          dateTime(one.recordedAt),
          one.kind,
          dateTime(one.at),
          one.prior.slice(0, 12),
          one.survivor.slice(0, 12),
          one.by,
          one.undone?.by ?? '',
        ]),
      ]),
    );
}

export async function showPerson(io: Io, key: string, options: Common): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  io.out(json(await runtime.get<PersonView>(`/identities/people/${encodeURIComponent(key)}`)));
}

/** As it is at this moment: whoever types an id has no older version before them. */
export async function decideQuestion(io: Io, id: string, options: DecideOptions): Promise<void> {
  if (!ANSWERS.includes(options.as))
    throw cliErrors.create('option-invalid', { option: '--as', takes: ANSWERS.join(', ') });
  const runtime = await findRuntime(io, options.runtime);
  const { questions } = await runtime.get<IdentityQuestionList>('/identities', { state: 'open', limit: MOST });
  const found = questions.find((one) => one.id === id);
  if (!found) throw cliErrors.create('identity-not-open-here', { what: 'question', id });
  const { reason, survivor } = options;
  const body = { seen: found.version, answer: options.as, reason, ...(survivor !== undefined && { survivor }) };
  const now = await runtime.post<AskedIdentity>(`/identities/${encodeURIComponent(id)}/answer`, body);
  io.out(options.json === true ? jsonLine(now) : `${safe(`${now.id}: ${now.state}`)}\n`);
}

export async function undoLink(io: Io, id: string, options: Common & { readonly reason: string }): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  const { links } = await runtime.get<IdentityLinkList>('/identities/links', { limit: MOST });
  const found = links.find((one) => one.id === id);
  if (!found) throw cliErrors.create('identity-not-open-here', { what: 'merge', id });
  const body = { seen: found.version, reason: options.reason };
  const now = await runtime.post<IdentityLink>(`/identities/links/${encodeURIComponent(id)}/undo`, body);
  io.out(options.json === true ? jsonLine(now) : `${safe(`${now.id}: taken back`)}\n`);
}
