import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  bindingsPath,
  environmentFolder,
  loadDefinitions,
  packageRoot,
  parseBindings,
  readConfig,
} from '../../engine/index.ts';
import { demoBindings, writeDemoBindings } from '../../supervisor/demo-bindings.ts';

const FLOWS = join(packageRoot(), 'flows');

describe('the bindings of the demo', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-demo-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const config = (more: Readonly<Record<string, string>> = {}) =>
    readConfig({
      WARDFLOW_DATA: folder,
      WARDFLOW_FLOWS: FLOWS,
      WARDFLOW_FHIR_BASE: 'http://127.0.0.1:9/fhir',
      ...more,
    });
  const file = (): string => bindingsPath(environmentFolder(folder, 'staging'));

  it('name every feed, endpoint and channel that the shipped definitions name, in a form that is accepted', async () => {
    for (const port of ['2575', '0']) {
      await rm(file(), { force: true });
      const settings = config({ WARDFLOW_MLLP_PORT: port });
      await writeDemoBindings(settings, 'staging');
      const { endpoints, channels, unresolved } = parseBindings(await readFile(file(), 'utf8'), settings);
      const { all } = await loadDefinitions(FLOWS);
      for (const { intent } of all)
        for (const name of intent.endpoints as readonly string[]) assert.ok(name in endpoints, name);
      const told = all.flatMap(({ alerts }) => [...alerts.values()].flatMap(({ tiers }) => [...tiers]));
      assert.ok(told.length > 0);
      for (const { channels: wanted, to } of told)
        for (const name of wanted.filter((one) => one !== 'console')) {
          const channel = channels[name];
          assert.ok(channel?.kind === 'fhir' && to in channel.recipients, `${name} reaches ${to}`);
        }
      assert.deepEqual(unresolved, []);
      assert.equal((await stat(file())).mode & 0o777, 0o600);
    }
  });

  it('are written once: what somebody has bound stays', async () => {
    await writeDemoBindings(config(), 'staging');
    await writeFile(file(), '{}');
    await writeDemoBindings(config(), 'staging');
    assert.equal(await readFile(file(), 'utf8'), '{}');
  });

  it('bind nothing more where nothing more is named', () => {
    assert.deepEqual(Object.keys(Reflect.get(demoBindings([], 2575), 'endpoints') as object), ['ehr']);
  });
});
