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

const BEARER = { kind: 'bearer', credential: 'token' };

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

  it('takes how a FHIR server is reached, and fills in what is not said', () => {
    const smart = { kind: 'smart-backend', credential: 'key', clientId: 'c', scope: 'system/Task.rs system/Task.c' };
    const whole = {
      base: 'https://ehr/fhir/',
      auth: smart,
      tls: { ca: 'ca.pem' },
      deadlineMs: 60_000,
      maxAnswerBytes: 8_000_000,
      allow: { Task: ['status', 'note.text', 'value[x]'], Patient: ['*'] },
      provenance: true,
    };
    assert.deepEqual(parse({ feeds: {}, endpoints: { ehr: whole } }).endpoints['ehr'], {
      ...whole,
      kind: 'fhir',
      base: 'https://ehr/fhir',
      auth: { ...smart, tokenUrl: null, alg: null, kid: null },
      tls: { ca: 'ca.pem', client: null, serverName: null },
      timeoutMs: 15_000,
      concurrency: 8,
    });
    const bearer = parse({ feeds: {}, endpoints: { ehr: { base: 'https://ehr', auth: BEARER } } }).endpoints['ehr'];
    assert.deepEqual(bearer?.kind === 'fhir' && bearer.auth, BEARER);
  });

  it('leaves out a FHIR server of which it cannot be meant', () => {
    const problems = (over: object): string => {
      const { endpoints, leftOut } = parse({ feeds: {}, endpoints: { ehr: { base: 'https://ehr', ...over } } });
      assert.deepEqual(endpoints, {});
      assert.deepEqual(
        leftOut.map(({ name }) => name),
        ['ehr'],
      );
      return leftOut[0]?.problems ?? '';
    };
    assert.match(problems({ base: 'http://ehr.example.org', auth: BEARER }), /ehr\.base.*only sent over https/);
    assert.match(
      problems({
        auth: { kind: 'smart-backend', credential: 'k', clientId: 'c', scope: 's', tokenUrl: 'http://x.org' },
      }),
      /ehr\.auth\.tokenUrl.*no https address/,
    );
    const secret = problems({ base: 'https://ana:hunter2@ehr', auth: { kind: 'bearer', credential: 'hunter2/..' } });
    assert.match(secret, /ehr\.base must be.*ehr\.auth\.credential must be/);
    assert.doesNotMatch(secret, /hunter2/);
    assert.match(problems({ base: '${WARDFLOW_NOTHING}' }), /ehr\.base names \$\{WARDFLOW_NOTHING\}/);
    assert.match(problems({ auth: { kind: 'bearer' } }), /ehr\.auth lacks "credential"/);
    assert.match(
      problems({ auth: { ...BEARER, credential: '../../etc/passwd' } }),
      /a file name in the folder credentials/,
    );
    assert.match(problems({ auth: { kind: 'none', credential: 'x' } }), /unknown key "credential"/);
    assert.match(problems({ auth: { ...BEARER, kind: 'smart-backend' } }), /lacks "clientId".*lacks "scope"/s);
    assert.match(problems({ allow: { task: [] } }), /a FHIR resource type/);
    assert.match(problems({ allow: { Task: ['name..family'] } }), /an element such as/);
    assert.match(problems({ provenance: 'yes' }), /provenance must be/);
    assert.match(problems({ tls: { client: { certificate: 'a.pem' } } }), /lacks "key"/);
  });

  it('names the file and every wrong place', async () => {
    await writeFile(
      bindingsPath(folder),
      JSON.stringify({
        kind: 'bindings',
        format: 1,
        feeds: { hospital: { listen: { host: '', prot: 2575 } }, Bad: { listen: { host: '::1', port: 1 } } },
        endpoints: { Lab: { base: 'https://lab' } },
        subscriptions: {
          beds: { listen: { host: '::1', port: 1 }, publicBase: '${WARDFLOW_NOTHING}', credential: 'c' },
        },
      }),
    );
    await assert.rejects(loadBindings(folder, config), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'bindings-invalid');
      for (const part of [
        bindingsPath(folder),
        'feeds.hospital.listen has an unknown key "prot" (did you mean "port"?)',
        'feeds.hospital.listen lacks "port"',
        'subscriptions.beds.publicBase names ${WARDFLOW_NOTHING}',
        'small letters',
      ])
        assert.ok(error.message.includes(part), `${part} in ${error.message}`);
      return true;
    });
  });

  it('leaves out one endpoint that is wrong, and takes all the rest', () => {
    const { feeds, endpoints, channels, leftOut, unresolved } = parse({
      feeds: { ehr: { listen: { host: '::1', port: 1 } } },
      endpoints: { ehr: 7, lab: { base: 'https://lab', auth: {} }, pas: { base: 'https://pas' } },
      channels: { lab: { kind: 'fhir', endpoint: 'lab', recipients: {} } },
    });
    assert.deepEqual([feeds, endpoints, channels].map(Object.keys), [['ehr'], ['pas'], ['lab']]);
    assert.deepEqual(leftOut, [
      { name: 'ehr', places: ['endpoints.ehr'], problems: 'endpoints.ehr must be object' },
      { name: 'lab', places: ['endpoints.lab.auth'], problems: 'endpoints.lab.auth lacks "kind"' },
    ]);
    assert.deepEqual(unresolved, []);
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
        return (
          parse({ feeds: { hospital: { listen: { host: '::1', port: 1, tls } } }, endpoints }).leftOut[0]?.problems ??
          ''
        );
      } catch (error) {
        return (error as Error).message;
      }
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

  it('takes events by HTTP from whom it can know, and a certificate only where one is demanded', () => {
    const bound = (auth: object, tls: object | null = null): Bindings =>
      parse({ feeds: {}, endpoints: {}, events: { beds: { listen: { host: '127.0.0.1', port: 8088, tls }, auth } } });
    const files = { certificate: 'a.pem', key: 'a-key.pem' };
    assert.equal(bound({ kind: 'token', credential: 'beds' }).events['beds']?.perMinute, 6_000);
    assert.equal(
      bound({ kind: 'certificate' }, { ...files, clientCa: 'ca.pem' }).events['beds']?.auth.kind,
      'certificate',
    );
    for (const [auth, tls] of [
      [{ kind: 'certificate' }, null],
      [{ kind: 'certificate' }, files],
      [{ kind: 'none' }, null],
      [{ kind: 'token' }, null],
      [{ kind: 'token', credential: '../key' }, null],
    ] as const)
      assert.throws(() => bound(auth, tls), { code: 'bindings-invalid' }, JSON.stringify(auth));
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

  it('refuses a file that is not JSON, and fills in no secret', () => {
    assert.throws(() => parseBindings('{', config), { code: 'bindings-unreadable' });
    const text =
      '{"kind":"bindings","format":1,"feeds":{},"endpoints":{"ehr":{"base":"http://x/${WARDFLOW_ADMIN_PASSWORD}"}}}';
    const secret = readConfig({ WARDFLOW_ADMIN_PASSWORD: 'correct-horse-battery' });
    const bindings = parseBindings(text, secret);
    assert.deepEqual([bindings.endpoints, bindings.leftOut[0]?.places], [{}, ['endpoints.ehr.base']]);
    assert.doesNotMatch(JSON.stringify(bindings), /correct-horse/);
  });

  it('says that the folder cannot be written', async () => {
    const file = join(folder, 'occupied');
    await writeFile(file, '');
    await assert.rejects(loadBindings(join(file, 'staging'), config), (error: Error & { code?: string }) =>
      ['data-folder-unwritable', 'bindings-unreadable'].includes(error.code ?? ''),
    );
  });
});
