/**
 * Time that a search of the audit page takes over 100,000 entries of three trails: the page and its total, as the console
 * answers them. The goal is that nobody waits: p95 under 200 ms for each line.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainAudit, GENESIS, type AuditEntry } from '../engine/index.ts';
import { openAuditIndex, type AuditIndex, type IndexFilter } from '../governance/audit/search/audit-index.ts';

const ENTRIES = 100_000;
const ROUNDS = 20;
const START = Date.UTC(2026, 0, 5);
const CHAINS = ['console', 'staging', 'production'];
const TYPES = ['effect.done', 'effect.done', 'work.dead', 'escalation.step', 'task.created', 'flow.noted'];

function entry(n: number): AuditEntry {
  const definition = n % 3 === 0 ? 'critical-lab-result' : 'discharge-follow-up';
  return {
    at: START + n * 5000,
    type: TYPES[n % TYPES.length] ?? 'flow.noted',
    actor: n % 50 === 0 ? `user:person-${n % 40}` : `flow:${definition}`,
    messageId: `01K${String(Math.floor(n / 4)).padStart(23, '0')}`,
    definition,
    version: 'a'.repeat(64),
    details: {
      effect: 'follow-up-task',
      target: 'ehr: create Task',
      summary: `Task/${n} created, 201`,
      proposal: n % 500,
    },
  };
}

/** As the chains arrive: one after the other, so that times of one lie between those of another. */
function fill(index: AuditIndex): number {
  const began = performance.now();
  for (const [c, chain] of CHAINS.entries()) {
    let previous = GENESIS;
    let seq = 0;
    for (let n = c; n < ENTRIES;) {
      const page = [];
      for (; n < ENTRIES && page.length < 1000; n += CHAINS.length) {
        const record = chainAudit(entry(n), ++seq, previous);
        previous = record.hash;
        page.push(record);
      }
      index.add(chain, page);
    }
  }
  return performance.now() - began;
}

const SEARCHES: readonly (readonly [string, (round: number) => IndexFilter])[] = [
  ['everything, newest page', () => ({})],
  ['a rare word', (round) => ({ q: `Task/${round * 997}` })],
  ['a word of every entry', () => ({ q: 'follow-up' })],
  ['two words', (round) => ({ q: `person-${(round % 4) * 10} task` })],
  ['a type', () => ({ type: 'escalation.*' })],
  ['a person', (round) => ({ actor: `person-${(round % 4) * 10}` })],
  ['a message', (round) => ({ messages: [`01K${String(round * 100).padStart(23, '0')}`] })],
  ['a proposal', (round) => ({ proposal: String(round) })],
  [
    'a day of one trail, with a word',
    (round) => ({
      q: 'created',
      environment: 'production',
      since: START + round * 3_600_000,
      until: START + round * 3_600_000 + 86_400_000,
    }),
  ],
];

export function run(): readonly object[] {
  const folder = mkdtempSync(join(tmpdir(), 'wardflow-bench-'));
  const index = openAuditIndex(join(folder, 'index.sqlite'));
  try {
    const seconds = fill(index) / 1000;
    const rows = SEARCHES.map(([search, filter]) => {
      const times: number[] = [];
      let matches = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const began = performance.now();
        index.list(filter(round), { limit: 101 });
        matches = index.count(filter(round), 100_001);
        times.push(performance.now() - began);
      }
      times.sort((a, b) => a - b);
      const at = (share: number): string =>
        (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1);
      return { search, matches, 'p50 ms': at(0.5), 'p95 ms': at(0.95) };
    });
    return [
      ...rows,
      {
        search: 'copying a trail',
        matches: ENTRIES,
        'p50 ms': `${Math.round(ENTRIES / seconds)} entries/s`,
        'p95 ms': '',
      },
    ];
  } finally {
    index.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
