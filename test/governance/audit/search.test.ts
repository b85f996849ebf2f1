import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { chainAudit, GENESIS, silentLog, type AuditEntry, type AuditRecord } from '../../../engine/index.ts';
import type { ChainReader } from '../../../governance/audit/chain-reader.ts';
import { openAuditIndex, type AuditIndex, type IndexFilter } from '../../../governance/audit/search/audit-index.ts';
import { followChains, type Follower } from '../../../governance/audit/search/follow-chains.ts';
import { auditChains, type AuditChains } from '../../kit/audit-chains.ts';
import { auditEntry, T0 } from '../../kit/store-builders.ts';

const DAY = 86_400_000;

/** Records of a chain, in the order given. */
function chained(entries: readonly AuditEntry[]): readonly AuditRecord[] {
  const records: AuditRecord[] = [];
  for (const entry of entries) records.push(chainAudit(entry, records.length + 1, records.at(-1)?.hash ?? GENESIS));
  return records;
}

describe('the search index of the audit trails', () => {
  let kit: AuditChains;
  let index: AuditIndex;
  let replaced: string[];
  const followers: Follower[] = [];
  beforeEach(async () => {
    kit = await auditChains();
    index = openAuditIndex(join(kit.folder, 'governance', 'audit-index.sqlite'));
    replaced = [];
  });
  afterEach(async () => {
    for (const one of followers.splice(0)) await one.stop();
    index.close();
    await kit.close();
  });
  const follow = (chains: readonly ChainReader[] = kit.chains): Follower => {
    const one = followChains({ index, chains, log: silentLog, onReplaced: (chain) => replaced.push(chain) });
    followers.push(one);
    return one;
  };
  const found = (filter: IndexFilter): readonly string[] =>
    index.list(filter, { limit: 100 }).map(({ chain, record }) => `${chain} ${record.seq}`);

  it('is one list over all chains, newest first, in pages that neither repeat nor leave out', async () => {
    for (let n = 0; n < 5; n++) {
      kit.clock.advance(1000);
      kit.trail.append('session.logged-in', 'user:ana');
      kit.clock.advance(1000);
      await kit.happen(2);
    }
    await follow().catchUp(5000);
    const ids: string[] = [];
    const rows: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = index.list({}, { limit: 4, ...(cursor !== undefined && { cursor }) });
      rows.push(...page.map(({ chain, record }) => `${chain} ${record.seq}`));
      ids.push(...page.map(({ id }) => id));
      cursor = page.at(-1)?.id;
      if (page.length < 4) break;
    }
    assert.deepEqual(rows.slice(0, 4), ['staging 10', 'staging 9', 'console 5', 'staging 8']);
    assert.equal(new Set(ids).size, 15);
    assert.deepEqual(
      index.list({}, { limit: 100, order: 'oldest-first' }).map(({ id }) => id),
      ids.toReversed(),
    );
  });

  it('finds by the beginnings of words of the sentence, the reason and the details, whatever is typed', () => {
    index.add(
      'staging',
      chained([
        auditEntry('work.discarded', { actor: 'user:ana', reason: 'Doppelt geschickt: Müller’s Gerät' }),
        auditEntry('effect.done', {
          details: { effect: 'follow-up-task', target: 'ehr: create Task', summary: 'Task/12 created, 201' },
        }),
        auditEntry('flow.noted', {
          definition: 'critical-lab-result',
          messageId: 'M1',
          details: { text: 'NOT OR AND' },
        }),
      ]),
    );
    for (const [q, seqs] of [
      ['discard', [1]],
      ['ana doppelt', [1]],
      ['muller', [1]],
      ['Task/12', [2]],
      ['follow-up', [2]],
      ['critical-lab', [3]],
      ['M1', [3]],
      ['staging', [3, 2, 1]],
      ['or not', [3]],
      ['"created', [2]],
      ['task* NEAR(', []],
      ['nothing-of-it', []],
      ['***', [3, 2, 1]],
    ] as const)
      assert.deepEqual(
        found({ q }),
        seqs.map((seq) => `staging ${seq}`),
        q,
      );
  });

  it('gives for any filter what comparing every entry would give', () => {
    const TYPES = ['work.dead', 'work.redriven', 'escalation.step', 'flow.noted'];
    const entry = fc.record({
      at: fc.integer({ min: T0, max: T0 + 3 * DAY }),
      type: fc.constantFrom(...TYPES),
      actor: fc.constantFrom('user:ana', 'user:ben', 'cli:ana', 'system'),
      messageId: fc.constantFrom('M1', 'M2', undefined),
      definition: fc.constantFrom('ward', 'lab', undefined),
      proposal: fc.constantFrom('P1', null),
    });
    const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
    const filters = fc.record({
      actor: maybe(fc.constantFrom('ana', 'user:ana', 'system', 'nobody')),
      type: maybe(fc.constantFrom('work.*', 'work.dead', 'escalation.*', 'wor.*')),
      definition: maybe(fc.constantFrom('ward', 'none')),
      messages: maybe(fc.constantFrom(['M1'], ['M1', 'M2'], ['none'])),
      proposal: maybe(fc.constant('P1')),
      environment: maybe(fc.constantFrom('console', 'staging')),
      since: maybe(fc.integer({ min: T0, max: T0 + 3 * DAY })),
      until: maybe(fc.integer({ min: T0, max: T0 + 3 * DAY })),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), filters, (entries, filter) => {
        const records = chained(
          entries.map(({ proposal, messageId, definition, ...rest }) => ({
            ...rest,
            ...(messageId !== undefined && { messageId }),
            ...(definition !== undefined && { definition }),
            details: { proposal },
          })),
        );
        index.forget('staging');
        index.add('staging', records);
        const wanted = records.filter(
          (one) =>
            (filter.actor === undefined || one.actor === filter.actor || one.actor.endsWith(`:${filter.actor}`)) &&
            (filter.type === undefined ||
              one.type === filter.type ||
              (filter.type.endsWith('.*') && one.type.startsWith(filter.type.slice(0, -1)))) &&
            (filter.definition === undefined || one.definition === filter.definition) &&
            (filter.messages === undefined || filter.messages.some((id) => id === one.messageId)) &&
            (filter.proposal === undefined || one.details['proposal'] === filter.proposal) &&
            (filter.environment ?? 'staging') === 'staging' &&
            one.at >= (filter.since ?? 0) &&
            one.at < (filter.until ?? Infinity),
        );
        const set = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
        assert.deepEqual(
          index.list(set, { limit: 100, order: 'oldest-first' }).map(({ record }) => record.seq),
          wanted.toSorted((a, b) => a.at - b.at || a.seq - b.seq).map(({ seq }) => seq),
        );
        assert.equal(index.count(set, 1000), wanted.length);
      }),
      { numRuns: 150, seed: 20 },
    );
  });

  it('copies only what is new, and says how far it is where a runtime does not answer', async () => {
    await kit.happen(3);
    const follower = follow();
    await follower.catchUp(5000);
    kit.reachable(false);
    await kit.happen(2);
    const [, part] = await follower.catchUp(5000);
    assert.deepEqual([part?.complete, part?.upTo?.seq, part?.problem?.code], [false, 3, 'audit-chain-unread']);
    assert.deepEqual(found({ environment: 'staging' }).length, 3);
    kit.reachable(true);
    assert.deepEqual((await follower.catchUp(5000))[1]?.complete, true);
    assert.equal(found({ environment: 'staging' })[0], 'staging 5');
    assert.deepEqual(replaced, []);
  });

  it('does not wait for a chain that takes its time', async () => {
    kit.trail.append('session.logged-in', 'user:ana');
    const never: ChainReader = {
      chain: 'production',
      head: () => new Promise(() => {}),
      list: () => new Promise(() => {}),
    };
    const follower = followChains({
      index,
      chains: [...kit.chains, never],
      log: silentLog,
      onReplaced: () => undefined,
    });
    const parts = await follower.catchUp(50);
    assert.deepEqual(parts.map(({ chain, complete }) => [chain, complete]).at(-1), ['production', false]);
    assert.equal(found({ environment: 'console' }).length, 1);
  });

  it('has what there was when it was asked, also where a copy was under way', async () => {
    const held: (() => void)[] = [];
    let asked = 0;
    const slow: ChainReader = {
      chain: 'production',
      head: () => new Promise(() => {}),
      async list({ after = 0 }) {
        asked++;
        const told = happened.slice(after);
        await new Promise<void>((resolve) => held.push(resolve));
        return told;
      },
    };
    const all = chained(['a', 'b', 'c'].map((type) => auditEntry(type)));
    let happened: readonly AuditRecord[] = all.slice(0, 1);
    const follower = follow([slow]);
    const first = follower.catchUp(5000);
    happened = all;
    const later = [follower.catchUp(5000), follower.catchUp(5000)];
    held.shift()?.();
    assert.deepEqual([(await first)[0]?.upTo?.seq, index.copied('production')?.seq], [1, 1]);
    while (held.length === 0) await new Promise(setImmediate);
    held.shift()?.();
    for (const parts of await Promise.all(later))
      assert.deepEqual([parts[0]?.complete, parts[0]?.upTo?.seq], [true, 3]);
    assert.equal(asked, 2, 'who asks meanwhile shares the next');
  });

  for (const [what, change] of [
    ['was cut', (records: AuditRecord[]) => records.slice(0, 5)],
    ['was rewritten', (records: AuditRecord[]) => records.map((one) => ({ ...one, actor: 'user:eve' }))],
  ] as const)
    it(`tells that a chain ${what}, and shows what it holds now`, async () => {
      await kit.happen(10);
      const follower = follow();
      await follower.catchUp(5000);
      kit.tamper('staging', change);
      await follower.catchUp(5000);
      assert.deepEqual(replaced, ['staging']);
      const [record] = await kit.store.audit.list({ limit: 1 });
      assert.equal(index.copied('staging')?.hash, record?.hash);
      await follower.catchUp(5000);
      assert.deepEqual(replaced, ['staging'], 'once');
    });

  it('is not kept busy by a runtime that tells another story each time', async () => {
    let calls = 0;
    const liar: ChainReader = {
      chain: 'staging',
      head: () => Promise.resolve({ seq: 1, hash: 'f'.repeat(64) }),
      list: ({ after = 0 }) => {
        const records = chained([auditEntry('flow.noted', { details: { n: ++calls } })]);
        return Promise.resolve(records.filter(({ seq }) => seq > after));
      },
    };
    const follower = follow([liar]);
    for (let n = 0; n < 3; n++) await follower.catchUp(5000);
    assert.ok(calls < 12, `${calls} calls`);
    assert.ok(replaced.length > 0);
  });

  it('keeps a place for a hundred thousand entries of one millisecond, and for times that cannot be', () => {
    const odd = [-5, 0, 1.5e15, T0, T0].map((at) => auditEntry('flow.noted', { at }));
    index.add('console', chained(odd));
    assert.equal(found({}).length, 5);
  });
});
