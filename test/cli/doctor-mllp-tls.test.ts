import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { bindingsPath, environmentFolder, readConfig, tlsFolderOf } from '../../engine/index.ts';
import { checkMllpTls } from '../../cli/doctor/check-mllp-tls.ts';
import { makeCertificate, type CertificateWish } from '../kit/certificates.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const FILES = { certificate: 'own.pem', key: 'own-key.pem' };

describe('what the doctor says of HL7 on the network', () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'wardflow-doctor-mllp-'));
  });
  afterEach(() => rmSync(data, { recursive: true }));

  const put = (environment: string, parts: object): string => {
    const folder = environmentFolder(data, environment);
    mkdirSync(tlsFolderOf(folder), { recursive: true });
    const bindings = { kind: 'bindings', format: 1, feeds: {}, endpoints: {}, ...parts };
    writeFileSync(bindingsPath(folder), JSON.stringify(bindings));
    return tlsFolderOf(folder);
  };
  const certificate = (folder: string, wish: CertificateWish = {}, name = 'own'): void => {
    const { cert, key } = makeCertificate({ from: NOW - DAY, until: NOW + 90 * DAY, ...wish });
    writeFileSync(join(folder, `${name}.pem`), cert);
    writeFileSync(join(folder, `${name}-key.pem`), key, { mode: 0o600 });
  };
  const said = async (): Promise<readonly string[]> =>
    (await checkMllpTls(readConfig({ WARDFLOW_DATA: data }), NOW)).map(
      ({ level, about, text }) => `${level} ${about}: ${text}`,
    );
  const feed = (host: string, tls: object | null): object => ({ hospital: { listen: { host, port: 2575, tls } } });

  it('is nothing where nothing leaves the machine', async () => {
    assert.deepEqual(await said(), []);
    put('staging', {
      feeds: feed('127.0.0.1', null),
      endpoints: { lab: { kind: 'mllp', host: 'localhost', port: 1 } },
    });
    assert.deepEqual(await said(), []);
  });

  it('warns of feeds and receivers in clear that other machines can reach, in each environment', async () => {
    put('staging', { feeds: feed('0.0.0.0', null) });
    put('production', { endpoints: { lab: { kind: 'mllp', host: 'lab.example.org', port: 2576 } } });
    const [first, second] = await said();
    assert.match(first ?? '', /^warning feed hospital \(staging\): takes messages in clear on 0\.0\.0\.0:2575/);
    assert.match(second ?? '', /^warning endpoint lab \(production\): is sent messages in clear at lab\.example\.org/);
  });

  it('says until when the certificate of a feed is valid, and warns thirty days before', async () => {
    const folder = put('staging', { feeds: feed('0.0.0.0', FILES) });
    certificate(folder);
    assert.deepEqual(await said(), ['ok feed hospital (staging): the certificate own.pem is valid until 2026-08-30']);
    certificate(folder, { until: NOW + 29 * DAY });
    assert.match((await said())[0] ?? '', /^warning .* runs out in 29 days \(2026-06-30\)$/);
    certificate(folder, { until: NOW });
    assert.match((await said())[0] ?? '', /^error .* ran out on 2026-06-01$/);
    certificate(folder, { from: NOW + DAY });
    assert.match((await said())[0] ?? '', /^error .* is not valid yet$/);
  });

  it('looks at authorities and at our own certificate for receivers as well', async () => {
    const tls = { ca: 'lab.pem', client: FILES };
    const folder = put('staging', {
      feeds: feed('::', { ...FILES, clientCa: 'lab.pem' }),
      endpoints: { lab: { kind: 'mllp', host: 'lab.example.org', port: 2576, tls } },
    });
    certificate(folder);
    certificate(folder, { until: NOW + 1.5 * DAY }, 'lab');
    const findings = await said();
    assert.deepEqual(
      findings.map((text) => text.slice(0, text.indexOf(':'))),
      [
        'ok feed hospital (staging)',
        'warning feed hospital (staging)',
        'warning endpoint lab (staging)',
        'ok endpoint lab (staging)',
      ],
    );
    assert.match(findings[1] ?? '', /an authority in lab\.pem runs out in 1 day /);
  });

  it('names files that cannot be used, and keys that others may read', async () => {
    const folder = put('staging', { feeds: feed('::', FILES) });
    assert.match((await said())[0] ?? '', /^error .*"own\.pem".*ENOENT/);
    certificate(folder);
    chmodSync(join(folder, 'own-key.pem'), 0o640);
    assert.match((await said())[1] ?? '', /^warning .*other users of this machine may read or change own-key\.pem$/);
  });
});
