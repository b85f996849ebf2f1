import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { childEnvironment, readConfig } from '../../engine/config/read-config.ts';
import { settingsTable, SETTING_KEYS, SETTINGS } from '../../engine/config/settings.ts';
import { WardflowError } from '../../engine/base/errors.ts';
import { packageRoot } from '../../engine/base/package-root.ts';

const CWD = '/srv/hospital';

function refusal(env: Record<string, string>): WardflowError {
  let refused: unknown;
  try {
    readConfig(env, CWD);
  } catch (error) {
    refused = error;
  }
  assert.ok(refused instanceof WardflowError, 'the settings were taken');
  return refused;
}

describe('settings', () => {
  it('takes the defaults from an empty environment', () => {
    const config = readConfig({ PATH: '/bin' }, CWD);
    assert.equal(config.dataFolder, '/srv/hospital/.wardflow');
    assert.match(config.flowsFolder, /\/flows$/);
    assert.equal(config.governancePort, 4000);
    assert.equal(config.stagingPort, 1880);
    assert.equal(config.mllpPort, 2575);
    assert.equal(config.fhirBase, null);
    assert.equal(config.adminPassword, null);
    assert.equal(config.demoFeed, true);
  });

  it('reads every setting that is set, and counts an empty one as unset', () => {
    const config = readConfig(
      {
        WARDFLOW_DATA: 'data',
        WARDFLOW_FLOWS: '/srv/flows/',
        WARDFLOW_GOVERNANCE_PORT: '0',
        WARDFLOW_MLLP_PORT: '',
        WARDFLOW_FHIR_BASE: 'https://ehr.example.org/fhir/',
        WARDFLOW_DEMO_FEED: 'off',
        WARDFLOW_DEMO_SPEED: '0.5',
        WARDFLOW_LOG_LEVEL: 'silent',
        WARDFLOW_ADMIN_PASSWORD: 'twelve-chars',
      },
      CWD,
    );
    assert.equal(config.dataFolder, '/srv/hospital/data');
    assert.equal(config.flowsFolder, '/srv/flows');
    assert.equal(config.governancePort, 0);
    assert.equal(config.mllpPort, 2575);
    assert.equal(config.fhirBase, 'https://ehr.example.org/fhir');
    assert.equal(config.demoFeed, false);
    assert.equal(config.demoSpeed, 0.5);
    assert.equal(config.logLevel, 'silent');
    assert.equal(config.adminPassword, 'twelve-chars');
  });

  it('names everything that is wrong at once, and never the text of a secret', () => {
    const { code, message } = refusal({
      WARDFLOW_GOVERNANCE_PORT: '70000',
      WARDFLOW_STAGING_PORT: '18e2',
      WARDFLOW_FHIR_BASE: 'ftp://ehr',
      WARDFLOW_DEMO_FEED: 'yes',
      WARDFLOW_STORE: 'oracle',
      WARDFLOW_ADMIN_PASSWORD: '7654321-abc',
    });
    assert.equal(code, 'settings-invalid');
    for (const name of ['GOVERNANCE_PORT', 'STAGING_PORT', 'FHIR_BASE', 'DEMO_FEED', 'STORE', 'ADMIN_PASSWORD'])
      assert.match(message, new RegExp(`WARDFLOW_${name} `));
    assert.doesNotMatch(message, /hunter2/);
    assert.match(message, /^6 settings /);
  });

  it('refuses a name it does not know and says which was meant', () => {
    assert.match(refusal({ WARDFLOW_GOVERNENCE_PORT: '4001' }).message, /did you mean WARDFLOW_GOVERNANCE_PORT\?/);
    assert.match(refusal({ WARDFLOW_XYZZY_PLUGH: '1' }).message, /WARDFLOW_XYZZY_PLUGH is not a setting\./);
    assert.doesNotThrow(() => readConfig({ WARDFLOW_TEST_LONG: '1' }, CWD));
  });

  it('refuses credentials inside the FHIR base', () => {
    const { message } = refusal({ WARDFLOW_FHIR_BASE: 'https://u:s3cret@ehr.example.org/' });
    assert.match(message, /must not carry a user name or password/);
    assert.doesNotMatch(message, /s3cret/);
  });

  it('gives a child the same settings, and a secret only where it is named', () => {
    const env = { PATH: '/bin', WARDFLOW_ADMIN_PASSWORD: 'correct horse battery', WARDFLOW_DATA: 'here' };
    const config = { ...readConfig(env, CWD), mllpPort: 4711 };
    const plain = childEnvironment(config, [], env);
    assert.equal(plain['PATH'], '/bin');
    assert.equal(plain['WARDFLOW_ADMIN_PASSWORD'], undefined);
    assert.deepEqual(readConfig(plain, '/elsewhere'), { ...config, adminPassword: null });
    assert.deepEqual(readConfig(childEnvironment(config, ['adminPassword'], env), '/elsewhere'), config);
  });

  it('describes every setting in one table', () => {
    const table = settingsTable();
    for (const key of SETTING_KEYS) assert.match(table, new RegExp(`\\| \`${SETTINGS[key].env}\` \\|`));
    assert.equal(table.trim().split('\n').length, SETTING_KEYS.length + 2);
  });

  it('are documented as they are declared', () => {
    const cells = (text: string): readonly string[] =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| `WARDFLOW_'))
        // Prettier aligns the columns of the page.
        .map((line) => line.replace(/ +\| ?/g, ' | ').trim());
    const page = readFileSync(join(packageRoot(), 'docs/reference/settings.md'), 'utf8');
    assert.deepEqual(cells(page), cells(settingsTable()));
  });
});
