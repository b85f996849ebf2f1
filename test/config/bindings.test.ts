import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { bindingsPath, loadBindings, parseBindings, type Bindings } from '../../engine/config/bindings.ts';
import { readConfig } from '../../engine/config/read-config.ts';

const config = readConfig({ WARDFLOW_FHIR_BASE: 'http://127.0.0.1:8103/fhir/R4/', WARDFLOW_MLLP_PORT: '0' });

const parse = (parts: object): Bindings =>
  parseBindings(JSON.stringify({ kind: 'bindings', format: 1, ...parts }), readConfig({}));

describe('bindings', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-bindings-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes the shipped names at the first start, filled in from the settings', async () => {
    const environment = join(folder, 'staging');
    const bindings = await loadBindings(environment, config);
    assert.deepEqual(bindings.feeds['hospital']?.listen, { host: '127.0.0.1', port: 0, tls: null, allow: [] });
    const { ehr } = bindings.endpoints;
    assert.ok(ehr?.kind === 'fhir');
    assert.equal(ehr.base, 'http://127.0.0.1:8103/fhir/R4');
    assert.deepEqual(bindings.unresolved, []);
    assert.match(await readFile(bindingsPath(environment), 'utf8'), /"\$\{WARDFLOW_MLLP_PORT\}"/);
    assert.equal((await stat(bindingsPath(environment))).mode & 0o777, 0o600);
    assert.deepEqual(await loadBindings(environment, config), bindings);
  });

  it('leaves unbound what rests on a setting that is not set', async () => {
    const bindings = await loadBindings(folder, readConfig({}));
    assert.deepEqual(Object.keys(bindings.endpoints), []);
    assert.deepEqual(bindings.unresolved, [{ kind: 'endpoint', name: 'ehr', setting: 'WARDFLOW_FHIR_BASE' }]);
    assert.equal(bindings.feeds['hospital']?.listen.port, 2575);
  });

  it('names the file and every wrong place', async () => {
    await writeFile(
      bindingsPath(folder),
      JSON.stringify({
        kind: 'bindings',
        format: 1,
        feeds: { hospital: { listen: { host: '', prot: 2575 } }, Bad: { listen: { host: '::1', port: 1 } } },
        endpoints: { ehr: { base: '${WARDFLOW_NOTHING}' }, lab: { base: 'ftp://lab', auth: { kind: 'basic' } } },
      }),
    );
    await assert.rejects(loadBindings(folder, config), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'bindings-invalid');
      for (const part of [
        bindingsPath(folder),
        'feeds.hospital.listen has an unknown key "prot" (did you mean "port"?)',
        'feeds.hospital.listen lacks "port"',
        'endpoints.ehr.base names ${WARDFLOW_NOTHING}',
        'endpoints.lab.base must be a URL',
        'endpoints.lab.auth.kind must be one of "none"',
        'small letters',
      ])
        assert.ok(error.message.includes(part), `${part} in ${error.message}`);
      return true;
    });
  });

  it('reads receivers of HL7 messages and TLS, with their defaults', () => {
    const pem = { certificate: 'here.pem', key: 'here-key.pem' };
    const { feeds, endpoints } = parse({
      feeds: { hospital: { listen: { host: '127.0.0.1', port: 0, tls: pem } } },
      endpoints: {
        lab: { kind: 'mllp', host: 'lab.example.org', port: 2575, tls: { client: pem } },
        pas: { kind: 'mllp', host: '127.0.0.1', port: 2576, connections: 2, answerMs: 5000, idleMs: 0 },
      },
    });
    assert.deepEqual(feeds['hospital']?.listen.tls, { ...pem, clientCa: null });
    const tls = { ca: null, client: pem, serverName: null };
    const usual = { answerMs: 30_000, connections: 1, idleMs: 300_000 };
    assert.deepEqual(endpoints['lab'], { kind: 'mllp', host: 'lab.example.org', port: 2575, tls, ...usual });
    const own = { answerMs: 5000, connections: 2, idleMs: 0 };
    assert.deepEqual(endpoints['pas'], { kind: 'mllp', host: '127.0.0.1', port: 2576, tls: null, ...own });
  });

  it('reads no key from elsewhere, and takes no setting of another kind of endpoint', () => {
    const problems = (endpoints: object, tls: object | null = null): string => {
      try {
        parse({ feeds: { hospital: { listen: { host: '::1', port: 1, tls } } }, endpoints });
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    assert.match(
      problems({}, { certificate: '../a.pem', key: 'a/b' }),
      /tls\.certificate must be a file name.*tls\.key/s,
    );
    assert.match(problems({ lab: { kind: 'mllp', base: 'http://lab' } }), /lacks "host".*unknown key "base"/s);
    assert.match(problems({ lab: { kind: 'fhir', base: 'http://lab', port: 1 } }), /unknown key "port"/);
    assert.match(problems({ lab: { kind: 'smtp', base: 'http://lab' } }), /endpoints\.lab\.kind must be "fhir"/);
  });

  it('lets nobody in by an entry that is no address, and says which it is', () => {
    const allow = (...entries: readonly unknown[]): string => {
      try {
        const { feeds } = parse({
          feeds: { hospital: { listen: { host: '::', port: 1, allow: entries } } },
          endpoints: {},
        });
        assert.deepEqual(feeds['hospital']?.listen.allow, entries);
      } catch (error) {
        return (error as Error).message;
      }
      return 'taken';
    };
    assert.equal(allow('10.1.2.3', '10.1.0.0/16', '0.0.0.0/0', '2001:db8::/32', '::1', '2001:db8::1/128'), 'taken');
    for (const bad of ['lab.example.org', '10.1.2', '10.1.2.3/33', '10.1.2.3/', '10.1.2.3/8/8', '::1/129', '::1/-1'])
      assert.match(allow('::1', bad), /feeds\.hospital\.listen\.allow\[1\] must be an address or a network/, bad);
    for (const bad of ['fe80::1%eth0', '10.1.2.3/1e1', ' 10.1.2.3', '10.1.2.3/ 8', '*', 7, null])
      assert.match(allow(bad), /feeds\.hospital\.listen\.allow\[0\]/, String(bad));
  });

  it('takes no TLS without a certificate and a key', () => {
    const pem = { certificate: 'a.pem', key: 'a-key.pem' };
    for (const tls of [{ certificate: 'a.pem' }, { ...pem, key: null }, { ...pem, certificate: null }, true])
      assert.throws(() => parse({ feeds: { hospital: { listen: { host: '::1', port: 1, tls } } }, endpoints: {} }), {
        code: 'bindings-invalid',
      });
  });

  it('binds channels of alerts, and says of each what is wrong with it', () => {
    const bound = (channels: object): Bindings =>
      parse({ feeds: {}, endpoints: { ehr: { base: 'https://x/fhir' } }, channels });
    const recipients = { ana: ['ana@example.org'] };
    const mail = { kind: 'email', host: 'mail.example.org', port: 587, from: 'w@example.org', recipients };
    const { channels } = bound({ mail, page: { kind: 'webhook', url: 'https://pager.example.org/p?q=1' } });
    assert.deepEqual(channels['mail'], { ...mail, tls: 'starttls', ca: null, login: null, timeoutMs: 15_000 });
    assert.ok(channels['page']?.kind === 'webhook' && channels['page'].template === null);
    const refused = (channel: object, what: RegExp, name = 'one'): void =>
      assert.throws(() => bound({ [name]: channel }), what);
    refused({ ...mail, tls: 'none' }, /channels\.one must have "tls"/);
    refused({ ...mail, password: 'x' }, /channels\.one has an unknown key "password"/);
    refused({ ...mail, from: 'a@b\r\nBcc: c@d' }, /channels\.one\.from must be a mail address/);
    refused({ ...mail, recipients: { ana: ['x'] } }, /recipients\.ana\[0\] must be a mail address/);
    refused({ kind: 'webhook', url: 'http://pager.example.org/' }, /"url" of https/);
    refused({ kind: 'webhook', url: 'https://u:p@pager.example.org/' }, /channels\.one\.url must be/);
    refused({ kind: 'webhook', url: 'https://p/', template: { x: '{{patient}}' } }, /placeholder {{patient}}/);
    refused(
      { kind: 'fhir', endpoint: 'other', recipients: {} },
      /names "other", which is no endpoint of the kind fhir/,
    );
    refused({ kind: 'hl7', endpoint: 'ehr' }, /names "ehr", which is no endpoint of the kind mllp/);
    refused({ kind: 'pigeon' }, /channels\.one\.kind must be one of email, webhook, fhir, hl7/);
    refused(mail, /channels\.console is always there/, 'console');
  });

  it('refuses a file that is not JSON, and a secret as a place holder', () => {
    assert.throws(() => parseBindings('{', config), { code: 'bindings-unreadable' });
    const text =
      '{"kind":"bindings","format":1,"feeds":{},"endpoints":{"ehr":{"base":"http://x/${WARDFLOW_ADMIN_PASSWORD}"}}}';
    assert.throws(() => parseBindings(text, config), { code: 'bindings-invalid' });
  });

  it('says that the folder cannot be written', async () => {
    const file = join(folder, 'occupied');
    await writeFile(file, '');
    await assert.rejects(loadBindings(join(file, 'staging'), config), (error: Error & { code?: string }) =>
      ['data-folder-unwritable', 'bindings-unreadable'].includes(error.code ?? ''),
    );
  });
});
