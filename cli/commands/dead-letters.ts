import type { DeadLetterAnswer, DeadLetterFilter } from '../../runtime/api/contract.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { json } from '../terminal.ts';
import { timeOf } from './messages.ts';

export interface FilterOptions {
  readonly state?: string;
  readonly code?: string;
  readonly definition?: string;
  readonly feed?: string;
  readonly type?: string;
  readonly since?: string;
  readonly until?: string;
}

export interface ManyOptions extends FilterOptions {
  readonly runtime: string;
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

const FILTERS = ['state', 'code', 'definition', 'feed', 'type', 'since', 'until'] as const;

/** Whether those named by their ids are meant or all that fit. @throws WardflowError where neither or both are said. */
export function isByFilter(ids: readonly string[], options: FilterOptions): boolean {
  const filtered = FILTERS.some((name) => options[name] !== undefined);
  if (filtered === ids.length > 0) throw cliErrors.create(filtered ? 'chosen-twice' : 'nothing-chosen');
  return filtered;
}

/** All dead letters that fit, oldest first. Says how many before it asks; without a terminal to ask on, `--yes` is needed. */
export async function handleMany(io: Io, kind: 'redrive' | 'discard', options: ManyOptions): Promise<void> {
  const now = io.now();
  const filter = filterOf(options, now);
  const runtime = await findRuntime(io, options.runtime);
  const ask = (more: object, query: Record<string, string> = {}): Promise<DeadLetterAnswer> =>
    runtime.post<DeadLetterAnswer>(`/dead-letters/${kind}`, more, query);
  const found = await ask({ filter }, { dryRun: '1' });
  if (options.dryRun === true || found.items === 0) {
    io.out(options.json === true ? json(found) : `${sentence(found, kind)}\n`);
    return;
  }
  if (kind === 'redrive' && found.doneAfter > 0 && options.force !== true)
    throw cliErrors.create('redrive-out-of-order', {
      count: found.doneAfter === 1 ? 'One' : found.doneAfter,
      are: found.doneAfter === 1 ? 'is' : 'are',
    });
  if (found.messages > 1 && options.yes !== true) {
    const answer = await io.confirm(`${sentence(found, kind)} Do it?`);
    if (answer === 'cannot-ask') throw cliErrors.create('confirmation-needed', { count: found.messages });
    if (answer === 'no') {
      io.out('Nothing was done.\n');
      return;
    }
  }
  let [messages, items, spared] = [0, 0, 0];
  for (let after: number | null = 0; after !== null;) {
    // What dies again meanwhile is not taken twice.
    const part: DeadLetterAnswer = await ask({ filter: { ...filter, deadBefore: now, after }, reason: options.reason });
    messages += part.messages;
    items += part.items;
    spared += part.spared;
    after = part.next;
  }
  if (options.json === true) io.out(json({ messages, items, spared }));
  else io.out(`${items} of ${messages} ${messages === 1 ? 'message' : 'messages'} ${DONE[kind]}.${sparedOf(spared)}\n`);
}

const DONE = { redrive: 'redriven', discard: 'discarded' } as const;

function sentence(
  { messages, items, spared, more, doneAfter, effectsDone, effectsUncertain }: DeadLetterAnswer,
  kind: keyof typeof DONE,
): string {
  if (items === 0) return `No dead letter ${spared > 0 ? 'can be taken' : 'fits'}.${sparedOf(spared)}`;
  const facts = [
    `${items} dead ${items === 1 ? 'letter' : 'letters'} of ${messages} ${messages === 1 ? 'message' : 'messages'}${more ? ' and more' : ''} would be ${DONE[kind]}.`,
    ...(kind === 'redrive' && doneAfter > 0
      ? [`Newer ones of the same patients or keys are done already: ${doneAfter}.`]
      : []),
    ...(spared > 0 ? [sparedOf(spared).trim()] : []),
    ...(effectsDone > 0 ? [`Effects that happened and are not repeated: ${effectsDone}.`] : []),
    ...(effectsUncertain > 0 ? [`Effects of which it is not known whether they happened: ${effectsUncertain}.`] : []),
  ];
  return facts.join(' ');
}

const sparedOf = (spared: number): string =>
  spared === 0
    ? ''
    : ` ${spared} more ${spared === 1 ? 'belongs to an escalation that is' : 'belong to escalations that are'} open and ${spared === 1 ? 'stays' : 'stay'}: acknowledge first.`;

function filterOf(options: FilterOptions, now: number): DeadLetterFilter {
  const { state, code, definition, feed, type, since, until } = options;
  if (state !== undefined && state !== 'dead')
    throw cliErrors.create('option-invalid', { option: '--state', takes: 'dead' });
  return {
    ...(code !== undefined && { code }),
    ...(definition !== undefined && { definition }),
    ...(feed !== undefined && { feed }),
    ...(type !== undefined && { type }),
    ...(since !== undefined && { since: timeOf(since, now) }),
    ...(until !== undefined && { until: timeOf(until, now) }),
  };
}
