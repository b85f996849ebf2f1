import type { AuditAnswer, AuditChoices, AuditFilter, AuditPart, FoundMessages } from '../../api/audit-contract.ts';
import type { MessageList } from '../../api/runtime-shapes.ts';
import type { RuntimeClient } from '../../server/proxy/runtime-client.ts';
import type { EntryOfMessage } from '../why/why-told.ts';
import { auditErrors } from '../errors.ts';
import type { AuditIndex, IndexedEntry, IndexFilter } from './audit-index.ts';
import { auditItem } from './audit-item.ts';
import type { Follower } from './follow-chains.ts';

/** A filter, and messages that were found by an identifier which never stands in an address. */
export interface SearchFilter extends AuditFilter {
  readonly messages?: readonly string[];
}

export interface AuditSearch {
  page(filter: SearchFilter, page: SearchPage, actor: string): Promise<AuditAnswer>;
  /** How many match between each two edges. */
  days(filter: SearchFilter, edges: readonly number[], actor: string): Promise<readonly number[]>;
  choices(): AuditChoices;
  /** A message's entries, oldest first; at most 1000. */
  ofMessage(
    messageId: string,
  ): Promise<{ readonly entries: readonly EntryOfMessage[]; readonly parts: readonly AuditPart[] }>;
  find(kind: 'patient' | 'order' | 'visit', value: string, actor: string): Promise<FoundMessages>;
  /**
   * Exactly what the filter means, oldest first, up to now.
   * @throws WardflowError `audit-part-missing` unless `partial`, where a trail cannot be read up to its end
   */
  all(filter: SearchFilter, actor: string, partial: boolean): Promise<FullAnswer>;
}

export interface SearchPage {
  readonly cursor?: string;
  readonly limit: number;
}

export interface FullAnswer {
  readonly parts: readonly AuditPart[];
  readonly count: number;
  readonly entries: AsyncIterable<readonly IndexedEntry[]>;
}

export interface AuditSearchOptions {
  readonly index: AuditIndex;
  readonly follower: Follower;
  readonly client: RuntimeClient;
  readonly runtimes: readonly string[];
  readonly environments: readonly string[];
  readonly now: () => number;
}

/** A page is not kept waiting longer for what is new. */
const PAGE_WITHIN_MS = 1500;
const EXPORT_WITHIN_MS = 300_000;
const ASK_WITHIN_MS = 10_000;
/** Nobody reads on; counting them all would take its time. */
const COUNT_MOST = 100_000;
const FOUND_MOST = 200;
const EXPORT_PAGE = 500;
const MESSAGE_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

export function createAuditSearch(options: AuditSearchOptions): AuditSearch {
  const { index, follower, client, runtimes, environments, now } = options;

  /** Messages in each runtime that answers. */
  const messagesOf = async (query: Readonly<Record<string, string | number>>, actor: string): Promise<Asked> => {
    const silent: string[] = [];
    const found = await Promise.all(
      runtimes.map(async (runtime) => {
        const signal = AbortSignal.timeout(ASK_WITHIN_MS);
        const answer = await client({ runtime, method: 'GET', path: '/messages', query, actor, signal });
        if (answer.kind === 'answer') {
          if (answer.response.ok) return ((await answer.response.json()) as MessageList).messages;
          await answer.response.body?.cancel();
        }
        silent.push(runtime);
        return [];
      }),
    );
    return { messages: found.flat(), silent };
  };

  /** A control id means every message that has it. */
  const idsOf = async (message: string, actor: string): Promise<readonly string[]> => {
    if (MESSAGE_ID.test(message)) return [message];
    const { messages } = await messagesOf({ q: message, limit: FOUND_MOST }, actor);
    const ids = messages.filter(({ controlId }) => controlId === message).map(({ id }) => id);
    return ids.length > 0 ? ids : [message];
  };

  const resolved = async ({ message, messages, ...filter }: SearchFilter, actor: string): Promise<IndexFilter> => {
    if (message === undefined) return messages === undefined ? filter : { ...filter, messages };
    const ids = await idsOf(message, actor);
    return { ...filter, messages: messages === undefined ? ids : ids.filter((id) => messages.includes(id)) };
  };

  return {
    async page(filter, { cursor, limit }, actor) {
      const [parts, wanted] = await Promise.all([follower.catchUp(PAGE_WITHIN_MS), resolved(filter, actor)]);
      const found = index.list(wanted, { limit: limit + 1, ...(cursor !== undefined && { cursor }) });
      const entries = found.slice(0, limit);
      const total = cursor === undefined ? index.count(wanted, COUNT_MOST + 1) : null;
      return {
        asOf: now(),
        entries: entries.map(auditItem),
        next: found.length > limit ? (entries.at(-1)?.id ?? null) : null,
        total: total === null ? null : Math.min(total, COUNT_MOST),
        more: total !== null && total > COUNT_MOST,
        parts,
      };
    },
    async days(filter, edges, actor) {
      const wanted = await resolved(filter, actor);
      return edges.slice(1).map((until, n) => {
        const since = Math.max(edges[n] ?? 0, wanted.since ?? 0);
        return index.count({ ...wanted, since, until: Math.min(until, wanted.until ?? Infinity) }, COUNT_MOST);
      });
    },
    choices: () => ({
      types: index.values('type', 500).toSorted(),
      actors: index.values('actor', 500),
      definitions: index.values('definition', 500),
      environments,
    }),
    async ofMessage(messageId) {
      const parts = await follower.catchUp(PAGE_WITHIN_MS);
      const found = index.list({ messages: [messageId] }, { limit: 1000, order: 'oldest-first' });
      return { parts, entries: found.map((one) => ({ item: auditItem(one), details: one.record.details })) };
    },
    async find(kind, value, actor) {
      const { messages, silent } = await messagesOf({ [kind]: value, limit: FOUND_MOST }, actor);
      const newest = messages.toSorted((a, b) => b.receivedAt - a.receivedAt).map(({ id }) => id);
      return { messages: newest.slice(0, FOUND_MOST), more: newest.length >= FOUND_MOST, parts: silent };
    },
    async all(filter, actor, partial) {
      const [parts, wanted] = await Promise.all([follower.catchUp(EXPORT_WITHIN_MS), resolved(filter, actor)]);
      const missing = parts.find(({ chain, complete }) => !complete && (filter.environment ?? chain) === chain);
      if (missing && !partial) throw auditErrors.create('audit-part-missing', { chain: missing.chain });
      // What comes while the export runs, the note of the export among it, is not in it.
      const [newest] = index.list({}, { limit: 1 });
      return {
        parts,
        count: newest ? index.count(wanted, Number.MAX_SAFE_INTEGER) : 0,
        entries: newest ? pages(index, wanted, BigInt(newest.id)) : nothing(),
      };
    },
  };
}

interface Asked {
  readonly messages: MessageList['messages'];
  readonly silent: readonly string[];
}

async function* pages(index: AuditIndex, filter: IndexFilter, until: bigint): AsyncGenerator<readonly IndexedEntry[]> {
  let cursor: string | undefined;
  for (;;) {
    const page = index.list(filter, {
      limit: EXPORT_PAGE,
      order: 'oldest-first',
      ...(cursor !== undefined && { cursor }),
    });
    const wanted = page.filter(({ id }) => BigInt(id) <= until);
    if (wanted.length > 0) yield wanted;
    cursor = page.at(-1)?.id;
    if (wanted.length < EXPORT_PAGE || cursor === undefined) return;
  }
}

async function* nothing(): AsyncGenerator<readonly IndexedEntry[]> {
  // No trail has a record yet.
}
