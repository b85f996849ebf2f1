import type { FallbackList, HeldDecisions, HeldForReview, HeldList } from '../../runtime/api/task-contract.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { dateTime, json, safe } from '../terminal.ts';

export interface FallbackOptions {
  readonly runtime: string;
  readonly reason: string;
  readonly json?: boolean;
}

/** What is declared, and what is in force. */
export async function listFallbacks(io: Io, options: Omit<FallbackOptions, 'reason'>): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  const list = await runtime.get<FallbackList>('/fallbacks');
  if (options.json === true) return io.out(json(list));
  if (list.declared.length === 0 && list.inForce.length === 0) return io.out('No flow declares a fallback.\n');
  for (const one of list.inForce) io.out(`${safe(fallbackText(one))}\n`);
  for (const { definition, mode, when, queue, held } of list.declared) {
    const asks = held === 0 ? '' : `; ${held} held`;
    io.out(
      `${safe(`${definition}: ${mode} to ${queue}, by ${['operator', ...when.filter((one) => one !== 'operator')].join(', ')}${asks}`)}\n`,
    );
  }
}

export async function enterFallback(io: Io, definition: string, options: FallbackOptions): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  const one = await runtime.post<FallbackList['inForce'][number]>(
    `/fallbacks/${encodeURIComponent(definition)}/enter`,
    { seen: 0, reason: options.reason },
  );
  io.out(options.json === true ? json(one) : `${safe(fallbackText(one))}\n`);
}

export async function leaveFallback(io: Io, definition: string, options: FallbackOptions): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  const { inForce } = await runtime.get<FallbackList>('/fallbacks');
  const one = inForce.find((each) => each.definition === definition);
  if (!one) throw cliErrors.create('nothing-stopped', { what: `flow ${JSON.stringify(definition)}` });
  const { version: seen } = one;
  await runtime.post(`/fallbacks/${encodeURIComponent(definition)}/leave`, { seen, reason: options.reason });
  const { items } = await runtime.get<HeldList>(`/held?definition=${encodeURIComponent(definition)}&limit=1`);
  const more = items.length === 0 ? '' : ' What was held waits for decisions: wardflow fallback held.';
  io.out(`${safe(`${definition} runs normally again.${more}`)}\n`);
}

export async function listHeld(
  io: Io,
  options: { readonly runtime: string; readonly definition?: string; readonly json?: boolean },
): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  const of = options.definition === undefined ? '' : `&definition=${encodeURIComponent(options.definition)}`;
  const list = await runtime.get<HeldList>(`/held?limit=500${of}`);
  if (options.json === true) return io.out(json(list));
  if (list.items.length === 0) return io.out('Nothing is held.\n');
  for (const one of list.items) io.out(`${safe(heldText(one))}\n`);
  if (list.next !== null) io.out('There are more.\n');
}

export async function decideHeld(
  io: Io,
  decision: 'process' | 'put-aside',
  work: readonly string[],
  options: FallbackOptions & { readonly newerKnown?: boolean },
): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  const { outcomes } = await runtime.post<HeldDecisions>('/held/decide', {
    work,
    decision,
    reason: options.reason,
    ...(options.newerKnown === true && { newerKnown: true }),
  });
  if (options.json === true) return io.out(json(outcomes));
  for (const { workId, outcome } of outcomes) io.out(`${safe(`${workId}: ${outcome}`)}\n`);
}

export function fallbackText(one: FallbackList['inForce'][number]): string {
  const about = one.about === null ? '' : ` (endpoint ${one.about})`;
  return `${one.definition}: in fallback, ${one.mode}${about} since ${dateTime(one.since)} by ${one.by}: ${one.reason ?? ''}`;
}

function heldText({ workId, definition, because, heldAt, sentence, doneSince, recommended }: HeldForReview): string {
  const newer = doneSince === 0 ? '' : ` Newer of the same key done since: ${doneSince}.`;
  const outside = recommended.length === 0 ? '' : ` Recommended: ${recommended.join('; ')}.`;
  return `${workId}  ${definition}  ${because}  since ${dateTime(heldAt)}: ${sentence}${newer}${outside}`;
}
