/** The tables of coordination and referral routing on the shipped samples, through the expressions that read the message. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import {
  Hl7Message,
  ladderSteps,
  loadDefinitions,
  packageRoot,
  type Definition,
  type DefinitionSet,
} from '../../engine/index.ts';

const NOW = new Date('2026-03-10T12:00:00Z');
const HOUR = 3_600_000;

describe('movements and referrals', () => {
  let definitions: DefinitionSet;
  before(async () => {
    definitions = await loadDefinitions(join(packageRoot(), 'flows'));
  });

  const named = (name: string): Definition => definitions.byName(name) ?? assert.fail(name);

  async function row(definition: string, table: string, sample: string, change = (text: string) => text) {
    const { files, rules } = named(definition);
    const text = files[`samples/${sample}.hl7`] ?? assert.fail(`there is no sample ${sample}`);
    const message = Hl7Message.parse(Buffer.from(change(text), 'utf8'));
    const decision = await rules.get(table)?.decideFor({ event: null, message }, { now: NOW });
    assert.ok(decision);
    assert.equal(decision.error, null);
    return { row: decision.matched[0] ?? null, missing: decision.missing };
  }

  for (const [sample, what, precautions, unit] of [
    ['admit', 'movement', null, 'emergency'],
    ['admit-contact', 'movement', 'contact-stated', 'urgent'],
    ['admit-tuberculosis', 'movement', 'airborne-diagnosis', 'emergency'],
    ['admit-planned', 'movement', null, 'planned'],
    ['admit-unknown-flag', 'movement', 'not-known', 'urgent'],
    ['admit-unknown-unit', 'movement', null, null],
    ['transfer', 'movement', null, 'intensive'],
    ['transfer-same-bed', 'same-place', null, 'emergency'],
    ['registration-mrsa', 'registration', 'contact-stated', 'emergency'],
    ['cancel-transfer', 'movement', null, 'emergency'],
    ['discharge', 'movement', null, 'emergency'],
  ] as const)
    it(`decides the movement ${sample}`, async () => {
      const decided = async (table: string): Promise<string | null> =>
        (await row('adt-coordination', table, sample)).row;
      assert.deepEqual(
        [await decided('movements'), await decided('precautions'), await decided('receiving-units')],
        [what, precautions, unit],
      );
    });

  it('says which value a movement lacks, and misses none that only some of them have', async () => {
    assert.deepEqual(await row('adt-coordination', 'movements', 'admit-no-unit'), {
      row: null,
      missing: ['unit'],
    });
    assert.deepEqual(await row('adt-coordination', 'movements', 'admit-no-visit'), {
      row: null,
      missing: ['visit'],
    });
    for (const sample of ['admit', 'discharge', 'cancel-admit', 'registration-mrsa'])
      for (const table of ['movements', 'precautions', 'receiving-units'])
        assert.deepEqual((await row('adt-coordination', table, sample)).missing, [], `${table} of ${sample}`);
  });

  it('takes HL7 null for no unit, and spaces for none', async () => {
    for (const nothing of ['""', '   '])
      assert.deepEqual(
        await row('adt-coordination', 'movements', 'admit', (text) => text.replace('MED^12^A^STMARY', nothing)),
        { row: null, missing: ['unit'] },
      );
  });

  for (const [sample, what, queue, gate] of [
    ['insurer', 'referral', 'digestion', 'insurer'],
    ['public', 'referral', 'heart', 'public-consultation'],
    ['emergency', 'referral', 'heart-at-once', 'emergency'],
    ['imaging', 'referral', 'imaging', 'imaging'],
    ['procedure', 'referral', 'digestion', 'procedure'],
    ['no-letter', 'referral', 'digestion', 'no-letter'],
    ['changed', 'referral', 'digestion', 'insurer'],
    ['question', 'question', 'digestion', 'insurer'],
  ] as const)
    it(`decides the referral ${sample}`, async () => {
      const decided = async (table: string): Promise<string | null> =>
        (await row('referral-routing', table, sample)).row;
      assert.deepEqual(
        [await decided('referral-messages'), await decided('specialty-queues'), await decided('prior-authorisation')],
        [what, queue, gate],
      );
    });

  it('says which value a referral lacks', async () => {
    assert.deepEqual(await row('referral-routing', 'referral-messages', 'no-urgency'), {
      row: null,
      missing: ['urgency'],
    });
    assert.deepEqual(await row('referral-routing', 'referral-messages', 'no-number'), {
      row: null,
      missing: ['number'],
    });
  });

  it('reminds of an authorisation in working hours alone: over holidays, a weekend and the clock change', () => {
    const steps = (ladder: string, at: string): readonly string[] => {
      const found = named('referral-routing').ladders.get(ladder) ?? assert.fail(ladder);
      const from = Date.parse(at);
      return ladderSteps(found, from).map(({ afterMs }) => new Date(from + afterMs).toISOString());
    };
    // Thursday half past four; Christmas, a weekend, and the day that stands for Boxing Day.
    assert.deepEqual(steps('authorisation-urgent', '2026-12-24T16:30:00Z'), [
      '2026-12-24T16:30:00.000Z',
      '2026-12-29T08:30:00.000Z',
      '2026-12-29T09:30:00.000Z',
      '2026-12-29T10:30:00.000Z',
    ]);
    // Friday before the clocks go forward: eight o'clock on Monday is seven in UTC. Good Friday 2027 is a holiday.
    assert.deepEqual(steps('authorisation-urgent', '2026-03-27T16:30:00Z').slice(0, 2), [
      '2026-03-27T16:30:00.000Z',
      '2026-03-30T07:30:00.000Z',
    ]);
    assert.equal(steps('authorisation', '2026-10-23T15:00:00Z')[1], '2026-10-26T16:00:00.000Z');
    const beds = named('adt-coordination').ladders.get('bed-urgent') ?? assert.fail('no ladder');
    assert.deepEqual(
      ladderSteps(beds, Date.parse('2026-12-24T23:55:00Z')).map(({ afterMs }) => afterMs / HOUR),
      [0, 1 / 6, 1 / 3],
      'beds are needed at night and on holidays, too',
    );
  });

  it('asks in each approval for a checklist that is there, whatever the table says', () => {
    for (const name of ['adt-coordination', 'referral-routing']) {
      const { files, checklists, ladders } = named(name);
      for (const [path, text] of Object.entries(files).filter(([path]) => path.startsWith('rules/'))) {
        const { outputs } = JSON.parse(text) as { outputs: { name: string; values?: string[] }[] };
        for (const { name: output, values = [] } of outputs) {
          if (output === 'checklist') for (const one of values) assert.ok(checklists.has(one), `${path}: ${one}`);
          if (output === 'ladder') for (const one of values) assert.ok(ladders.has(one), `${path}: ${one}`);
        }
      }
    }
  });

  it('cancels whatever a ladder and a task are about by the name that made them', () => {
    for (const name of ['adt-coordination', 'referral-routing']) {
      const { flow } = named(name);
      const made = new Set(
        flow.flatMap((node) =>
          node['about'] !== '' && /^(task create|approval)$/.test(node.type) ? [node['task']] : [],
        ),
      );
      const asked = flow.flatMap((node) => (node.type === 'task update' ? [node['task']] : []));
      assert.ok(asked.length > 3);
      assert.deepEqual(
        asked.filter((task) => !made.has(task)),
        [],
      );
    }
  });
});
