import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { checkFhirEndpoints } from '../../cli/doctor/check-fhir-endpoints.ts';
import { bindingsPath, environmentFolder, readConfig } from '../../engine/index.ts';
import { makeCertificate } from '../kit/certificates.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const SMART = { kind: 'smart-backend', credential: 'key', clientId: 'c', scope: 'system/Task.rs' };

describe('what the doctor says of FHIR servers', () => {
  let data: string;
  let folder: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'wardflow-doctor-fhir-'));
    folder = environmentFolder(data, 'staging');
    for (const name of ['credentials', 'tls']) mkdirSync(join(folder, name), { recursive: true });
  });
  afterEach(() => rmSync(data, { recursive: true }));
  const said = async (ehr: object): Promise<readonly string[]> => {
    const endpoints = { ehr: { base: 'https://ehr.example.org/fhir', ...ehr } };
    writeFileSync(bindingsPath(folder), JSON.stringify({ kind: 'bindings', format: 1, feeds: {}, endpoints }));
    const findings = await checkFhirEndpoints(readConfig({ WARDFLOW_DATA: data }), NOW);
    return findings.map(({ level, about, text }) => `${level} ${about}: ${text}`);
  };
  const put = (name: string, text: string, mode = 0o600): void =>
    writeFileSync(join(folder, 'credentials', name), text, { mode });
  const key = (namedCurve: string): string =>
    String(generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }));

  it('is nothing where nothing is asked for, and that it is in clear where it is', async () => {
    assert.deepEqual(await said({}), []);
    assert.deepEqual(await said({ base: 'http://127.0.0.1:8103/fhir' }), []);
    assert.match(
      (await said({ base: 'http://ehr.example.org/fhir' }))[0] ?? '',
      /^warning endpoint ehr \(staging\): .*in clear/,
    );
  });

  it('names the field of an endpoint that is left out, and says no value of it', async () => {
    const [finding = ''] = await said({ auth: { kind: 'bearer', credential: '../hunter2' } });
    assert.match(
      finding,
      /^error endpoint ehr \(staging\): .*left out.*endpoints\.ehr\.auth\.credential must be a file name/,
    );
    assert.doesNotMatch(finding, /hunter2/);
  });

  it('tells a credential that is missing from one of the wrong kind, quoting neither', async () => {
    const bearer = { auth: { kind: 'bearer', credential: 'token' } };
    assert.match((await said(bearer))[0] ?? '', /^error .*the credential "token" cannot be used: it is not there/);
    put('token', key('P-384'));
    assert.match(
      (await said(bearer))[0] ?? '',
      /cannot be used: it is not there, cannot be read, or is no plain text$/,
    );
    put('token', '{"kty":"EC"}');
    assert.match((await said(bearer))[0] ?? '', /it is a key, and a token is wanted$/);
    put('token', 'SECRET TOKEN');
    const [blank = ''] = await said(bearer);
    assert.match(blank, /a token has no blanks$/);
    assert.doesNotMatch(blank, /SECRET/);
    put('token', 'right');
    assert.deepEqual(await said(bearer), ['ok endpoint ehr (staging): the credential "token" can be used']);
    put('key', 'a-token');
    assert.match((await said({ auth: SMART }))[0] ?? '', /^error .*no private key/);
    put('key', key('P-256'));
    assert.match((await said({ auth: SMART }))[0] ?? '', /not P-384/);
    put('key', key('P-384'));
    assert.deepEqual(await said({ auth: SMART }), ['ok endpoint ehr (staging): the credential "key" can be used']);
    assert.match((await said({ auth: { ...SMART, alg: 'RS384' } }))[0] ?? '', /signs by ES384/);
  });

  it('warns of a credential that others may read', async () => {
    put('open', 'right', 0o644);
    const [warned = ''] = await said({ auth: { kind: 'bearer', credential: 'open' } });
    assert.match(warned, /^warning .*may read or change the credential "open"$/);
  });

  it('says what is wrong with certificates', async () => {
    const tls = { ca: 'ca.pem', client: { certificate: 'own.pem', key: 'own.key' } };
    assert.match(
      (await said({ tls }))[0] ?? '',
      /^error .*The file "ca\.pem" of the FHIR endpoint "ehr" cannot be used/,
    );
    const { cert, key: own } = makeCertificate({ from: NOW - DAY, until: NOW + 9 * DAY });
    writeFileSync(join(folder, 'tls', 'ca.pem'), makeCertificate({ until: NOW + 900 * DAY }).cert);
    writeFileSync(join(folder, 'tls', 'own.pem'), cert);
    writeFileSync(join(folder, 'tls', 'own.key'), own, { mode: 0o644 });
    const [dates = '', open = ''] = await said({ tls });
    assert.match(dates, /^warning .*our certificate own\.pem runs out in 9 days/);
    assert.match(open, /^warning .*may read or change own\.key$/);
  });
});
