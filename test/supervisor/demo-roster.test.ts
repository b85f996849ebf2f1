import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { packageRoot, parseRoster, type Roster } from '../../engine/index.ts';
import { withDemoRoster } from '../../supervisor/demo-roster.ts';

interface Table {
  readonly outputs: readonly { readonly name: string }[];
  readonly rows: readonly { readonly then: readonly unknown[] }[];
  readonly otherwise: readonly unknown[];
}
interface Ladder {
  readonly steps: readonly { readonly to: { readonly role?: string } }[];
}

const flows = join(packageRoot(), 'flows');
const json = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(flows, ...path), 'utf8'));

/** All that the shipped flows call a role: of ladders, and of the tables' queues. */
function rolesAsked(definition: string, table: string): readonly string[] {
  const { outputs, rows, otherwise } = json(definition, 'rules', `${table}.json`) as Table;
  const queue = outputs.findIndex(({ name }) => name === 'queue' || name === 'role');
  const queues = [...rows.map(({ then }) => then), otherwise].map((outcome) => outcome[queue]);
  const steps = readdirSync(join(flows, definition, 'ladders')).flatMap(
    (file) => (json(definition, 'ladders', file) as Ladder).steps,
  );
  return [...queues, ...steps.map(({ to }) => to.role)].filter(
    (one): one is string => typeof one === 'string' && one !== 'responsible ward',
  );
}

/** Roles that nodes name themselves, and those of parts of checklists. */
function rolesFixed(definition: string): readonly string[] {
  const flow = json(definition, 'flow.json') as readonly { readonly role?: string; readonly roleKind?: string }[];
  const parts = readdirSync(join(flows, definition, 'checklists')).flatMap(
    (file) => (json(definition, 'checklists', file) as { items: readonly { readonly role?: string }[] }).items,
  );
  return [...flow.filter(({ roleKind }) => roleKind === 'str'), ...parts].flatMap(({ role }) => (role ? [role] : []));
}

describe('the roster of the demo', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-roster-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has somebody for every role that the shipped flows ask for, in every unit', async () => {
    await withDemoRoster(join(folder, 'staging'));
    const file = join(folder, 'staging', 'roster.json');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const roster = parseRoster(readFileSync(file, 'utf8'));
    assert.notEqual(typeof roster, 'string', 'it is read');
    const asked = [
      ...rolesAsked('critical-lab-result', 'critical-results'),
      ...rolesAsked('discharge-follow-up', 'follow-up-queues'),
      ...rolesAsked('adt-coordination', 'receiving-units'),
      ...rolesAsked('referral-routing', 'specialty-queues'),
      ...rolesAsked('referral-routing', 'prior-authorisation'),
      ...['adt-coordination', 'referral-routing'].flatMap(rolesFixed),
    ];
    assert.ok(asked.length > 20);
    for (const role of new Set(asked))
      for (const unit of ['MED', 'ICU', null])
        assert.ok((roster as Roster).covering(role, unit, Date.now()).length > 0, `${role} in ${unit ?? 'no unit'}`);
  });

  it('leaves one that is there', async () => {
    writeFileSync(join(folder, 'roster.json'), 'mine');
    await withDemoRoster(folder);
    assert.equal(readFileSync(join(folder, 'roster.json'), 'utf8'), 'mine');
  });
});
