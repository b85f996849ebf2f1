import { MESSAGE_STATES, type MessageSummary } from '../../engine/index.ts';
import type {
  DiscardAnswer,
  MessageDetail,
  MessageList,
  RedriveAnswer,
  ReleaseAnswer,
  RereadAnswer,
} from '../../runtime/api/contract.ts';
import type { TaskList } from '../../runtime/api/task-contract.ts';
import { HELD_WORD, isHeld, stateNamed, wordAndTerm } from '../../governance/api/message-words.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { redactorOf, type RedactOption } from '../redaction.ts';
import { findRuntime, type RuntimeClient } from '../runtime-client.ts';
import { columns, dateTime, json, jsonLine } from '../terminal.ts';
import { messageText } from './message-text.ts';

interface Common {
  readonly runtime: string;
  readonly json?: boolean;
}

export interface ListOptions extends Common {
  readonly limit: string;
  readonly state?: string;
  readonly feed?: string;
  readonly since?: string;
}

/** The API's own limit of one page. */
const PAGE = 1_000;
const MOST = 100_000;

/** Newest first. */
export async function listMessages(io: Io, options: ListOptions): Promise<void> {
  const limit = /^\d{1,6}$/.test(options.limit) ? Number(options.limit) : 0;
  if (limit < 1 || limit > MOST) throw cliErrors.create('option-invalid', { option: '--limit', takes: `1 to ${MOST}` });
  const named = options.state?.split(',').map((state) => state.trim());
  const onlyHeld = named?.some(isHeldWord) === true && !named.some((state) => stateNamed(state) === 'parked');
  const states = named?.map((state) => (isHeldWord(state) ? 'parked' : stateNamed(state)));
  if (states?.includes(undefined))
    throw cliErrors.create('option-invalid', {
      option: '--state',
      takes: [...MESSAGE_STATES.map(wordAndTerm), HELD_WORD].join(', ').toLowerCase(),
    });
  const since = options.since === undefined ? undefined : timeOf(options.since, io.now());
  const runtime = await findRuntime(io, options.runtime);
  const found: MessageSummary[] = [];
  let before: number | null = null;
  do {
    const page: MessageList = await runtime.get<MessageList>('/messages', {
      limit: onlyHeld ? PAGE : Math.min(PAGE, limit - found.length),
      state: states?.join(','),
      feed: options.feed,
      since,
      before: before ?? undefined,
    });
    found.push(...page.messages.filter(({ state, held }) => !onlyHeld || state !== 'parked' || held !== null));
    before = page.next;
  } while (before !== null && found.length < limit);
  found.splice(limit);
  if (options.json === true) io.out(json(found));
  else if (found.length === 0) io.out('No messages.\n');
  else io.out(columns([HEAD, ...found.map(rowOf)]));
}

/** What lists call it: a part of what is parked, and no state of its own. */
const isHeldWord = (text: string): boolean => text.toLowerCase() === HELD_WORD.toLowerCase();

const HEAD = ['id', 'received', 'state', 'feed', 'type', 'control id', 'sender', 'reason'];

function rowOf(message: MessageSummary): readonly (string | null)[] {
  const { id, receivedAt, state, feed, type, controlId, sender, reason, held } = message;
  return [
    id,
    dateTime(receivedAt),
    (held ? `${HELD_WORD} (${state})` : wordAndTerm(state)).toLowerCase(),
    feed,
    type,
    controlId,
    sender,
    held?.because ?? reason?.code ?? '',
  ];
}

/** An ISO 8601 time, epoch milliseconds, or how long ago: `90s`, `15m`, `2h`, `3d`. */
export function timeOf(text: string, now: number): number {
  const ago = /^(\d{1,6})(s|m|h|d)$/.exec(text);
  const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[ago?.[2] ?? ''];
  if (ago && unit !== undefined) return now - Number(ago[1]) * unit;
  const at = /^\d{10,16}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(at)) return at;
  throw cliErrors.create('option-invalid', {
    option: '--since',
    takes: 'a time (2026-01-31T08:00:00Z) or how long ago (90s, 15m, 2h, 3d)',
  });
}

export interface ShowOptions extends Common {
  readonly raw?: boolean;
  readonly redact?: RedactOption;
}

export async function showMessage(io: Io, id: string, options: ShowOptions): Promise<void> {
  // Before anything is asked for: a profile that cannot be used lets nothing out.
  const redactor = await redactorOf(io, options.redact);
  const runtime = await findRuntime(io, options.runtime);
  const message = await idOf(runtime, id);
  if (options.raw === true && redactor) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await runtime.stream(`/messages/${message}/raw`)) chunks.push(chunk);
    // Byte by byte a character: what is kept of values is plain ASCII, and no character set can fail.
    io.out(`${redactor.body(Buffer.concat(chunks).toString('latin1')).replaceAll('\r', '\n')}\n`);
    return;
  }
  if (options.raw === true) {
    for await (const chunk of await runtime.stream(`/messages/${message}/raw`)) await io.bytes(chunk);
    return;
  }
  const detail = await runtime.get<MessageDetail>(`/messages/${message}`);
  if (redactor) {
    io.out(json(redactor.record('message', detail)));
    return;
  }
  const { tasks } = await runtime.get<TaskList>('/tasks', { message: detail.message.id, limit: PAGE });
  io.out(options.json === true ? json({ ...detail, tasks }) : messageText(detail, tasks));
}

export interface RedriveOptions extends Common {
  readonly reason: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export async function redriveMessages(io: Io, ids: readonly string[], options: RedriveOptions): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  for (const id of ids) {
    const message = await idOf(runtime, id);
    const path = `/messages/${message}/redrive`;
    const { doneAfter, withoutSource } = await runtime.post<RedriveAnswer>(
      path,
      { reason: options.reason },
      { dryRun: '1' },
    );
    if (options.dryRun === true) {
      const nobody = withoutSource > 0 ? `; ${withoutSource} would wait: no flow takes them any more` : '';
      io.out(`${message}: would be redriven, ${doneAfter} newer of its keys are done${nobody}\n`);
      continue;
    }
    if (doneAfter > 0 && options.force !== true)
      throw cliErrors.create('redrive-out-of-order', {
        count: doneAfter === 1 ? 'One' : doneAfter,
        are: doneAfter === 1 ? 'is' : 'are',
      });
    const answer = await runtime.post<RedriveAnswer>(path, { reason: options.reason });
    if (options.json === true) io.out(jsonLine({ id: message, ...answer }));
    else io.out(`${message}: ${answer.redriven.length} redriven\n`);
  }
}

export async function discardMessages(
  io: Io,
  ids: readonly string[],
  options: ReasonedOptions & { readonly all?: boolean },
): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  for (const id of ids) {
    const message = await idOf(runtime, id);
    const answer = await runtime.post<DiscardAnswer>(
      `/messages/${message}/discard`,
      { reason: options.reason, ...(options.all === true && { all: true }) },
      options.dryRun === true ? { dryRun: '1' } : {},
    );
    if (options.json === true) io.out(jsonLine({ id: message, ...answer }));
    else if (options.dryRun === true) {
      const what = answer.items.map(({ id: work, subscription, state }) => `  ${work}  ${subscription}  ${state}\n`);
      io.out(`${message}: ${answer.items.length} would be discarded\n${what.join('')}`);
    } else io.out(`${message}: ${answer.discarded.length} discarded\n`);
  }
}

interface ReasonedOptions extends Common {
  readonly reason: string;
  readonly dryRun?: boolean;
}

export async function releaseMessages(io: Io, ids: readonly string[], options: ReasonedOptions): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  for (const id of ids) {
    const message = await idOf(runtime, id);
    if (options.dryRun === true) {
      const { work } = await runtime.get<MessageDetail>(`/messages/${message}`);
      io.out(`${message}: ${work.filter((item) => item.state === 'parked' && !isHeld(item)).length} would go on\n`);
      continue;
    }
    const answer = await runtime.post<ReleaseAnswer>(`/messages/${message}/release`, { reason: options.reason });
    if (options.json === true) io.out(jsonLine({ id: message, ...answer }));
    else io.out(`${message}: ${answer.released.length} on their way\n`);
  }
}

export async function rereadMessages(io: Io, ids: readonly string[], options: ReasonedOptions): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  for (const id of ids) {
    const message = await idOf(runtime, id);
    const query = options.dryRun === true ? { dryRun: '1' } : {};
    const path = `/messages/${message}/reread`;
    const answer = await runtime.post<RereadAnswer>(path, { reason: options.reason }, query);
    if (options.json === true) io.out(jsonLine({ from: message, ...answer }));
    else
      io.out(
        `${message}: ${answer.id === null ? 'can be read; would be' : `read as ${answer.id},`} ${answer.outcome}\n`,
      );
  }
}

/** A message id as it is, or the only message with this control id, its resends aside. */
async function idOf(runtime: RuntimeClient, given: string): Promise<string> {
  if (/^[0-9A-HJKMNP-TV-Z]{26}$/.test(given)) return given;
  const { messages } = await runtime.get<MessageList>('/messages', { q: given.slice(0, 200), limit: 100 });
  const named = messages.filter(({ id, controlId }) => controlId === given || id === given);
  // A resend is the same message again: whoever names it means the one that was worked on.
  const first = named.filter(({ state }) => state !== 'resend');
  const found = first.length > 0 ? first : named;
  if (found.length > 1)
    throw cliErrors.create('message-ambiguous', { count: found.length, id: JSON.stringify(given).slice(1, -1) });
  // None: the API says so itself, in its own words.
  return encodeURIComponent(found[0]?.id ?? given);
}
