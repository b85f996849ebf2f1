import assert from 'node:assert/strict';
import { join } from 'node:path';
import jsonata from 'jsonata';
import { before, describe, it } from 'mocha';
import {
  statedEvents,
  Hl7Message,
  loadDefinitions,
  packageRoot,
  type Definition,
  type DefinitionSet,
} from '../../engine/index.ts';

const NOW = new Date('2026-03-10T12:00:00Z');

describe('the shipped definitions', () => {
  let definitions: DefinitionSet;
  before(async () => {
    definitions = await loadDefinitions(join(packageRoot(), 'flows'));
  });

  const named = (name: string): Definition => {
    const definition = definitions.byName(name);
    assert.ok(definition, name);
    return definition;
  };

  it('pass the tests that their rule tables carry', async () => {
    const tables = definitions.all.flatMap(({ rules }) => [...rules.values()]);
    assert.deepEqual(tables.map((table) => table.name).toSorted(), [
      'authorisation-answers',
      'critical-results',
      'follow-up-queues',
      'movements',
      'precautions',
      'prior-authorisation',
      'receiving-units',
      'referral-deadlines',
      'referral-messages',
      'specialty-queues',
    ]);
    for (const table of tables) {
      const results = await table.runTests({ now: NOW });
      assert.ok(results.length > 3);
      assert.deepEqual(
        results.filter(({ ok }) => !ok),
        [],
      );
    }
  });

  it('test every row of their tables', async () => {
    for (const { rules, files } of definitions.all)
      for (const table of rules.values()) {
        const file = JSON.parse(files[`rules/${table.name}.json`] ?? '') as {
          rows: { id: string }[];
          tests: { row: string | null }[];
        };
        const tested = new Set(file.tests.map(({ row }) => row));
        // Rows that differ from a tested one by unit or side only.
        const like = (id: string): boolean => [...tested].some((row) => row?.split('-')[0] === id.split('-')[0]);
        assert.deepEqual(
          file.rows.map(({ id }) => id).filter((id) => !tested.has(id) && !like(id)),
          [],
          table.name,
        );
      }
  });

  it('take a critical result for known only where people have heard just that, and are still being told', async () => {
    const compare = named('critical-lab-result').flow.find(({ id }) => id === 'crit-compare');
    const [rule] = (compare?.['rules'] ?? []) as { to: string }[];
    const decided = { matched: ['potassium-high'], outputs: { action: 'escalate' } };
    const event = { data: { valueText: '7.1', unit: 'mmol/L' } };
    const told = { id: 'e', state: 'open', carry: { decision: decided, event }, toldSince: false, untold: false };
    const change = (escalation: object, gate = 'stage-advanced', more: object = {}): Promise<unknown> =>
      jsonata(rule?.to ?? '').evaluate({ event, decision: decided, gate: { because: gate }, escalation, ...more });
    assert.equal(await change({ id: null, state: null }), 'start');
    assert.equal(await change(told), 'known');
    assert.equal(await change({ ...told, state: 'acknowledged' }), 'known');
    assert.equal(await change({ ...told, untold: true }), 'tell', 'every step came to nothing');
    assert.equal(await change({ ...told, state: 'cancelled', untold: true }), 'start');
    assert.equal(await change({ ...told, toldSince: true }), 'tell', 'people heard something else since');
    assert.equal(
      await change({ ...told, state: 'exhausted' }),
      'tell',
      'nobody has answered, and nobody is told any more',
    );
    assert.equal(await change({ ...told, state: 'acknowledged', toldSince: true }), 'start');
    assert.equal(await change(told, 'said-so'), 'tell');
  });

  it('end every branch of a switch, and have a catch-all', () => {
    for (const { name, flow } of definitions.all) {
      if (name === '_shared') continue;
      assert.ok(
        flow.some((node) => node.type === 'catch' && node['scope'] === null),
        name,
      );
      for (const node of flow.filter(({ type }) => type === 'switch')) {
        const rules = node['rules'] as { t: string }[];
        assert.equal(rules.at(-1)?.t, 'else', String(node.name));
        assert.equal(node.wires?.length, rules.length, String(node.name));
        assert.ok(
          node.wires?.every((wires) => wires.length > 0),
          String(node.name),
        );
      }
    }
  });

  it('send a message whose results gave no event to a person, and one that has none, or only announces some, to none', async () => {
    const { flow } = named('critical-lab-result');
    const [kind, unread] = [flow.find(({ id }) => id === 'crit-kind'), flow.find(({ id }) => id === 'crit-unread')];
    const rules = kind?.['rules'] as { t: string; v: string }[];
    const at = rules.findIndex(({ t }) => t === 'jsonata_exp');
    assert.deepEqual(kind?.wires?.[at], [unread?.id]);
    assert.deepEqual([unread?.type, unread?.['failureClass']], ['message failed', 'permanent']);
    assert.match(String(unread?.['reason']), /^results-unreadable:/);
    const expression = jsonata(rules[at]?.v ?? '');
    const goes = async (segments: string, event: unknown = null): Promise<unknown> =>
      expression.evaluate({ event, payload: Hl7Message.parse(`MSH|^~\\&|A||||||ORU^R01|1|P|2.5\r${segments}`) });
    assert.equal(await goes('OBR|1\rOBX|1|NM|A||1||||||I\rOBX|2|NM|A||1||||||F\r'), true);
    assert.equal(await goes('OBX|1|NM|A||1\r'), true);
    assert.equal(await goes('OBR|1\rOBX|1|NM|A||||||||I\rOBX|2|NM|A||||||||X\r'), false);
    assert.equal(await goes('OBR|1\r'), false);
    assert.equal(await goes('OBX|1|NM|A||1||||||F\r', { name: 'lab.result.critical' }), false);
  });

  /** The decision for each event of a sample. */
  async function decisions(definition: string, table: string, sample: string): Promise<(string | null)[]> {
    const { files, rules } = named(definition);
    const message = Hl7Message.parse(Buffer.from(files[`samples/${sample}.hl7`] ?? '', 'utf8'));
    const events = statedEvents(message, { receivedAt: NOW.getTime(), correlationId: 'c', zone: null, mode: 'live' });
    const rows = [];
    for (const event of events.filter(({ name }) => name !== 'lab.result.critical')) {
      const decision = await rules.get(table)?.decideFor({ event, message }, { now: NOW });
      assert.equal(decision?.error, null);
      rows.push(decision.matched[0] ?? null);
    }
    return rows;
  }

  for (const [sample, ...rows] of [
    ['normal', null, null],
    ['critical-potassium', 'k-high', null],
    ['two-critical-results', 'k-low', 'glu-high'],
    ['corrected', null],
    ['missing-value', 'value-missing'],
    ['unit-mismatch', 'k-unit'],
    ['text-value', 'value-text'],
    ['child-flagged', 'flagged-child'],
    ['withdrawn', 'taken-back'],
  ] as const)
    it(`decide the sample ${sample}`, async () => {
      assert.deepEqual(await decisions('critical-lab-result', 'critical-results', sample), rows);
    });

  for (const [sample, row] of [
    ['ordinary', null],
    ['heart-failure', 'heart-failure'],
    ['died', 'died'],
    ['against-advice', 'own-accord'],
    ['unit-missing', 'unit-missing'],
    ['old-and-long', 'old-and-long'],
  ] as const)
    it(`decide the sample ${sample}`, async () => {
      assert.deepEqual(await decisions('discharge-follow-up', 'follow-up-queues', sample), [row]);
    });
});
