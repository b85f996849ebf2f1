import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { Hl7Message, inspectDefinition, packageRoot, readDefinitionFiles } from '../../engine/index.ts';
import { hl7ToFhir } from '../../nodes/hl7-to-fhir/config.ts';
import { previewOfConversion } from '../../nodes/hl7-to-fhir/preview.ts';
import { withDefaults } from '../../nodes/kit/properties.ts';
import { conversionShown } from '../../runtime/editor-api/conversion-shown.ts';
import { adt } from '../kit/hl7-messages.ts';
import { definitionOf, ends, frame, node, usePalette } from '../kit/palette-runtime.ts';

const SHARED = join(packageRoot(), 'flows/_shared');

/** The shipped mappings and code maps; `unmapped` is what the map of administrative sexes says of an unknown code. */
function mappings(unmapped = 'report'): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const folder of ['mappings', 'maps'])
    for (const name of readdirSync(join(SHARED, folder)))
      files[`${folder}/${name}`] = readFileSync(join(SHARED, folder, name), 'utf8');
  const sex = 'maps/administrative-sex.json';
  files[sex] = (files[sex] ?? '').replace('"unmapped": "report"', `"unmapped": "${unmapped}"`);
  return files;
}

const SECRET = 'Q';
const withUnknownSex = (control: string): string =>
  adt('A01', control, control).replace('|19400101|U', `|19400101|${SECRET}`);

describe('hl7 to fhir', () => {
  const runtime = usePalette(async () => ({}));
  const shown = (text: string): object => node('shown', 'audit log', { text, textKind: 'jsonata', finish: true });
  const told = async (id: string): Promise<unknown> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' }))[0]?.details['text'];
  const deploy = (settings: object, text: string, unmapped?: string): Promise<unknown> =>
    runtime.deploy({
      flow: [...frame('convert'), node('convert', 'hl7 to fhir', settings, ['shown']), shown(text)],
      files: mappings(unmapped),
    });

  it('makes the payload a bundle, and says by which mapping', async () => {
    await deploy(
      {},
      'payload.type & " " & $join(payload.entry.resource.resourceType, ",") & " " & conversion.mapping.name',
    );
    const { id } = await runtime.sendAndSettle(adt('A01', 'F1', 'F1'));
    assert.match(String(await told(id)), /^transaction MessageHeader,Patient,Encounter.* adt$/);
  });

  it('leaves the message as the payload where it is to stay, with the bundle where fhir write finds it', async () => {
    await deploy(
      { payload: 'keep', lineage: true },
      'payload.fields.`PID-3` & " " & fhir.resource.resourceType & " " & $exists(conversion.lineage[0].target)',
    );
    const { id } = await runtime.sendAndSettle(adt('A01', 'F2', 'F2'));
    assert.equal(await told(id), 'F2 Bundle true');
  });

  it('goes on with a code that nobody knows, and reports its place', async () => {
    await deploy({}, '$join(conversion.unmapped[reason="code-unknown"].source, ",")');
    const { id } = await runtime.sendAndSettle(withUnknownSex('F3'));
    assert.equal(await told(id), 'PID-8[1].1');
  });

  it('fails a message with such a code where the form or the code map says so, naming no value', async () => {
    for (const [at, [settings, unmapped]] of (
      [
        [{ unknownCodes: 'fail' }, 'report'],
        [{ unknownCodes: 'map' }, 'quarantine'],
      ] as const
    ).entries()) {
      await deploy(settings, 'topic', unmapped);
      const sent = await runtime.sendAndSettle(withUnknownSex(`F4${at}`));
      assert.deepEqual(ends(sent), ['dead permanent conversion-code-quarantined']);
      assert.match(sent.work[0]?.failure?.text ?? '', /PID-8\[1\]\.1 \(administrative-sex\)/);
    }
    await deploy({ unknownCodes: 'report' }, 'topic', 'quarantine');
    assert.deepEqual(ends(await runtime.sendAndSettle(withUnknownSex('F5'))), ['done']);
  });

  it('gives the minimal bundle of a type without a mapping, or fails it', async () => {
    const text = '$string(conversion.mapping) & " " & conversion.unmapped[0].reason';
    await deploy({}, text);
    const unknown = (control: string): string => adt('A01', control, control).replace(/ADT\^A01(\^\w+)?/, 'ZZZ^Z01');
    const { id } = await runtime.sendAndSettle(unknown('F6'));
    assert.equal(await told(id), 'null type-unknown');
    await deploy({ unknownType: 'fail' }, text);
    assert.deepEqual(ends(await runtime.sendAndSettle(unknown('F7'))), ['dead permanent conversion-type-unknown']);
  });

  it('refuses a payload that is no message', async () => {
    const change = { t: 'set', p: 'payload', pt: 'msg', to: 'text', tot: 'str' };
    await runtime.deploy({
      flow: [
        ...frame('change'),
        node('change', 'change', { rules: [change] }, ['convert']),
        node('convert', 'hl7 to fhir', {}, ['done']),
      ],
    });
    assert.deepEqual(ends(await runtime.sendAndSettle(adt('A01', 'F8', 'F8'))), ['dead permanent hl7-payload']);
  });
});

describe('what the form of hl7 to fhir shows', () => {
  const given = (settings: object, message = adt('A01', 'P1', '0042'), unmapped?: string) =>
    ({
      config: withDefaults(hl7ToFhir, settings) as unknown as Readonly<Record<string, unknown>>,
      msg: { payload: Hl7Message.parse(message), event: null },
      definition: definitionOf({ flow: [], files: mappings(unmapped) }),
      now: new Date(0),
      zone: null,
      value: () => Promise.resolve(undefined),
    }) as const;

  it('is the message beside its resources, joined by the field that a value came from', () => {
    const about = given({});
    const { rows, conversion } = previewOfConversion(about);
    assert.deepEqual(rows, []);
    assert.ok(conversion);
    const { segments, resources, mapping } = conversionShown(about.msg.payload, conversion, () => 'name');
    assert.equal(mapping, 'adt');
    const patient = resources.find(({ place }) => place === 'Patient[0]');
    const number = patient?.values.find(({ source }) => source === 'PID-3[1].1');
    assert.deepEqual([number?.text, number?.field], ['0042', 'PID-3']);
    const pid = segments.find(({ label }) => label === 'PID');
    assert.equal(pid?.fields.find(({ path }) => path === 'PID-3')?.told, true);
    const subject = resources.flatMap(({ values }) => values).find(({ element }) => element === 'subject.reference');
    assert.equal(subject?.text, 'Patient[0]');
    const said = new Set(segments.flatMap(({ fields }) => fields.map(({ path }) => path)));
    for (const { field } of resources.flatMap(({ values }) => values))
      assert.ok(field === null || said.has(field), String(field));
  });

  it('tells at its field what the node would not let pass', () => {
    const { rows } = previewOfConversion(given({ unknownCodes: 'fail' }, withUnknownSex('P2')));
    assert.deepEqual(
      rows.map(({ field }) => field),
      ['unknownCodes'],
    );
    const unknown = adt('A01', 'P3', 'P3').replace(/ADT\^A01(\^\w+)?/, 'ZZZ^Z01');
    const type = previewOfConversion(given({ unknownType: 'fail' }, unknown));
    assert.deepEqual(
      type.rows.map(({ field }) => field),
      ['unknownType'],
    );
  });
});

describe('the shipped mappings', () => {
  it('are sound as a definition’s own, too', async () => {
    const [shared] = await readDefinitionFiles(join(packageRoot(), 'flows'));
    assert.equal(shared?.name, '_shared');
    assert.deepEqual(inspectDefinition('_shared', shared?.files ?? {}).problems, []);
  });
});
