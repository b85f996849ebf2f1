import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import {
  definitionFromFiles,
  hl7FromJson,
  Hl7Message,
  hl7ToJson,
  parseBindings,
  readConfig,
  readRunInfo,
  writeRunInfo,
  type RunInfo,
} from '../../engine/index.ts';
import { DATA_TYPES } from '../../engine/events/to-fhir/data-types/data-types.ts';
import { parseRoster } from '../../engine/people/read-roster.ts';
import { readScenarios } from '../../governance/scenarios/read-scenarios.ts';
import { ROOT } from './markdown-files.ts';

const page = readFileSync(join(ROOT, 'docs/reference/formats.md'), 'utf8');
const README = '# Example\n\n## Runbook\n\nNothing.\n';

/** The example below a heading. */
function example(heading: string): string {
  const [, text] = page.split(new RegExp(`^#+ ${heading}$`, 'm'));
  const [, json] = /^```json\n([\s\S]*?)^```/m.exec(text ?? '') ?? [];
  return json ?? assert.fail(`no example under ${heading}`);
}

describe('the ways to read a value', () => {
  it('are all listed', () => {
    for (const name of DATA_TYPES.keys()) assert.ok(page.includes(`\`${name}\``), name);
  });
});

describe('the examples of docs/reference/formats.md', () => {
  it('are one definition that loads, whose rules pass their own tests', async () => {
    const definition = definitionFromFiles('potassium-calls', {
      'README.md': README,
      'flow.json': example('flow.json'),
      'intent.json': example('intent.json'),
      'rules/potassium-calls.json': example('Rule table'),
      'ladders/potassium.json': example('Ladder'),
      'alerts/potassium-pages.json': example('Alert policy'),
      'checklists/bed-readiness.json': example('Checklist'),
      'maps/ward-class.json': example('Code map'),
      'mappings/bed-status.json': example('Mapping'),
    });
    assert.equal(definition.maps.get('ward-class')?.find('HOTEL')?.to, null);
    const bed = 'MSH|^~\\&|A|B|C|D|20260105||ADT^A20|1|P|2.5.1\rNPU|4W^12^A^NORTH|U\r';
    const { bundle } = definition.converter.convert(Hl7Message.parse(bed), { receivedAt: 0, zone: null });
    assert.equal((bundle['entry'] as readonly unknown[]).length, 1);
    assert.deepEqual([...definition.ladders.keys()], ['potassium']);
    assert.deepEqual([...definition.alerts.keys()], ['potassium-pages']);
    assert.equal(definition.checklists.get('bed-readiness')?.items.length, 3);
    const table = definition.rules.get('potassium-calls') ?? assert.fail('no table');
    const tests = await table.runTests({ now: new Date('2026-06-01T12:00:00Z') });
    assert.deepEqual(
      tests.map(({ ok }) => ok),
      [true, true, true],
    );
    const decision = await table.decide({ code: '2823-3', value: 6.4 }, { now: new Date('2026-06-01T12:00:00Z') });
    assert.ok(page.includes(decision.sentence), `the page does not show the sentence "${decision.sentence}"`);
  });

  it('have a scenario that can be run', () => {
    const files = { 'scenarios/answer-lost.json': example('Scenario'), 'samples/high.hl7': 'MSH|' };
    const { scenarios, problems } = readScenarios(files);
    assert.deepEqual(problems, []);
    assert.equal(scenarios.length, 1);
  });

  it('bind a feed and, where the setting is set, an endpoint', () => {
    const config = readConfig({ WARDFLOW_FHIR_BASE: 'http://127.0.0.1:9/fhir' });
    const bindings = parseBindings(example('bindings.json'), config);
    assert.deepEqual([Object.keys(bindings.feeds), Object.keys(bindings.endpoints)], [['hospital'], ['ehr']]);
    const { ehr } = bindings.endpoints;
    assert.ok(ehr?.kind === 'fhir');
    assert.deepEqual([ehr.timeoutMs, ehr.concurrency], [15_000, 8]);
  });

  it('bind channels of alerts, and say who is on duty', () => {
    const shown = /^```json\n(\{\n {2}"channels"[\s\S]*?)^```/m.exec(page)?.[1] ?? assert.fail('no channels');
    const rest = { kind: 'bindings', format: 1, feeds: {}, endpoints: {} };
    const text = JSON.stringify({ ...rest, ...(JSON.parse(shown) as object) });
    assert.deepEqual(Object.keys(parseBindings(text, readConfig({})).channels), ['mail', 'pager']);
    const roster = parseRoster(example('roster.json'));
    assert.ok(typeof roster !== 'string', JSON.stringify(roster));
    const at = Date.parse('2026-11-21T12:00:00Z');
    assert.deepEqual(
      [roster.covering('ward doctor', 'W4', at), roster.covering('ward doctor', null, at)],
      [['ana'], ['ben']],
    );
  });

  it('make a message and are made of it', () => {
    const shown = JSON.parse(example('An HL7 message as JSON')) as unknown;
    const message = hl7FromJson(shown);
    assert.equal(message.get('PID-3[2]'), '0815');
    assert.deepEqual(hl7ToJson(Hl7Message.parse(message.toBytes())), shown);
  });

  it('show a run.json that is read as it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wardflow-docs-'));
    try {
      const shown = JSON.parse(example('run.json')) as RunInfo;
      await writeRunInfo(folder, shown);
      assert.deepEqual(await readRunInfo(folder), shown);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
