import assert from 'node:assert/strict';
import { readDefinitionFiles, inspectDefinition, Hl7Message, packageRoot } from '../../engine/index.ts';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';

type Files = Readonly<Record<string, string>>;

describe('mappings and code maps of a definition', () => {
  let shared: Files;
  let own: Files;
  before(async () => {
    const all = await readDefinitionFiles(join(packageRoot(), 'flows'));
    shared = all.find(({ name }) => name === '_shared')?.files ?? {};
    own = all.find(({ name }) => name === 'discharge-follow-up')?.files ?? {};
  });
  const inspected = (more: Files) => inspectDefinition('discharge-follow-up', { ...own, ...more }, shared);
  const said = (more: Files): readonly string[] =>
    inspected(more).problems.map(({ file, text }) => `${file.replace('discharge-follow-up/', '')} ${text}`);
  const owner = { name: 'Test', contact: 'test@example.org' };
  const mapping = (name: string, more: object): Files => ({
    [`mappings/${name}.json`]: JSON.stringify({ kind: 'mapping', format: 1, name, owner, ...more }),
  });
  const patient = (set: object): object => ({ resources: [{ id: 'own', type: 'Patient', each: 'PID', set }] });

  it('takes the place of the shared one for the types that it names, and of no other', () => {
    const { definition } = inspected(
      mapping('own-adt', {
        source: ['ADT^A01'],
        ...patient({ 'identifier[]': { from: 'PID-3', as: 'CX[Identifier]' } }),
      }),
    );
    const by = (trigger: string): string | undefined =>
      definition?.converter.convert(
        Hl7Message.parse(`MSH|^~\\&|A|B|C|D|20260105||ADT^${trigger}|1|P|2.5.1\rPID|||1\r`),
        { receivedAt: 0, zone: null },
      ).mapping?.name;
    assert.deepEqual([by('A01'), by('A02')], ['own-adt', 'adt']);
  });

  it('say what they name that is not there, with a guess', () => {
    const set = {
      gender: { from: 'PID-8', as: 'code', with: 'administrative-sexx' },
      birthDate: { from: 'PID.7', as: 'dat' },
      'contact[]': { ref: 'nobody' },
      'name..x': { value: 'x' },
    };
    assert.deepEqual(said(mapping('own', { source: ['ADT^A01'], uses: ['patien'], ...patient(set) })), [
      'mappings/own.json uses[0] names "patien", which is no mapping (did you mean "patient"?)',
      'mappings/own.json resource "own", gender goes through "administrative-sexx", which is no code map (did you mean "administrative-sex"?)',
      'mappings/own.json resource "own", birthDate is read as "dat", which is no way to read (did you mean "date"?)',
      'mappings/own.json resource "own", birthDate has the path "PID.7", which is none such as PID-5.1 or $.2',
      'mappings/own.json resource "own", contact[] names "nobody", which is no resource of any mapping',
      'mappings/own.json resource "own", name..x is no path of an element, such as name[].family',
    ]);
  });

  it('are refused where two of one definition are for one type', () => {
    const one = { source: ['ADT^A01'], ...patient({ id: { value: 'x' } }) };
    assert.deepEqual(said({ ...mapping('own-a', one), ...mapping('own-b', one) }), [
      'mappings/own-b.json is for ADT^A01, which the mapping "own-a" is for, too',
    ]);
  });

  it('are refused with a code twice, a relation that says nothing, and a name that is not the file’s', () => {
    const row = (from: string, to: string | null, relation: string): object => ({ from, to, relation });
    const map = (rows: readonly object[], name = 'own'): Files => ({
      'maps/own.json': JSON.stringify({
        kind: 'map',
        format: 1,
        name,
        owner,
        source: 'own',
        target: 'urn:own',
        rows,
        unmapped: 'report',
      }),
    });
    assert.deepEqual(said(map([row('A', 'a', 'equivalent'), row('A', 'b', 'equivalent'), row('C', null, 'wider')])), [
      'maps/own.json rows[1].from is a code that an earlier row has; rows[2].relation must be "none" where, and only where, "to" is null',
    ]);
    assert.deepEqual(said(map([], 'other')), ['maps/own.json name must be that of the file, "own"']);
  });
});
