/** `wardflow send` and `wardflow status` with a feed that takes messages over mutual TLS only, in a confined runtime. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import {
  bindingsPath,
  environmentFolder,
  packageRoot,
  readConfig,
  serviceTokenPath,
  tlsFolderOf,
  writeRunInfo,
} from '../../engine/index.ts';
import { runCli } from '../../cli/run.ts';
import { makeCertificate } from '../kit/certificates.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const ROOT = packageRoot();
const SAMPLE = join(ROOT, 'flows/critical-lab-result/samples/normal.hl7');

describe('a feed over mutual TLS', function () {
  this.timeout(180_000);
  let runtime: RuntimeProcess;
  let folder: string;
  const server = makeCertificate({ names: ['feeds.example.org'], addresses: [] });
  const sender = makeCertificate({ subject: 'analyser-7' });
  const stranger = makeCertificate();

  const wardflow = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    let [out, err] = ['', ''];
    const code = await runCli(args, {
      out: (text) => void (out += text),
      bytes: () => Promise.resolve(),
      err: (text) => void (err += text),
      config: () => readConfig({ WARDFLOW_DATA: runtime.folder }, ROOT),
      actor: () => 'cli:test',
      now: () => Date.now(),
      confirm: () => Promise.resolve('cannot-ask'),
      secret: () => Promise.resolve(null),
    });
    return { code, out, err };
  };
  const own = (name: string): string[] => [
    '--certificate',
    join(folder, `${name}.pem`),
    '--key',
    join(folder, `${name}-key.pem`),
  ];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-send-tls-'));
    for (const [name, { cert, key }] of Object.entries({ sender, stranger })) {
      writeFileSync(join(folder, `${name}.pem`), cert);
      writeFileSync(join(folder, `${name}-key.pem`), key, { mode: 0o600 });
    }
    runtime = await RuntimeProcess.start({
      prepareData: (data) => {
        const environment = environmentFolder(data, 'staging');
        const tls = { certificate: 'feed.pem', key: 'feed-key.pem', clientCa: 'senders.pem' };
        const listen = { host: '127.0.0.1', port: '${WARDFLOW_MLLP_PORT}', tls };
        const bindings = { kind: 'bindings', format: 1, feeds: { hospital: { listen } }, endpoints: {} };
        mkdirSync(tlsFolderOf(environment), { recursive: true, mode: 0o700 });
        writeFileSync(bindingsPath(environment), JSON.stringify(bindings), { mode: 0o600 });
        const files = { 'feed.pem': server.cert, 'feed-key.pem': server.key, 'senders.pem': sender.cert };
        for (const [name, text] of Object.entries(files))
          writeFileSync(join(tlsFolderOf(environment), name), text, { mode: 0o600 });
        return Promise.resolve();
      },
    });
    await writeRunInfo(runtime.folder, {
      format: 1,
      version: '0.0.0',
      startedAt: Date.now(),
      supervisor: { pid: process.pid },
      demo: false,
      governance: null,
      runtimes: {
        staging: {
          pid: runtime.pid,
          port: runtime.port,
          url: `http://127.0.0.1:${runtime.port}`,
          serviceTokenFile: serviceTokenPath(runtime.folder, 'staging'),
          feeds: { hospital: { host: '127.0.0.1', port: runtime.mllpPort } },
        },
      },
      sandbox: null,
    });
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await runtime?.dispose();
  });

  it('is sent messages with a certificate that it takes, and with no other', async () => {
    const { code, out, err } = await wardflow('send', SAMPLE, ...own('sender'));
    assert.deepEqual([code, out, err], [0, 'AA accepted  WF-S-0001\n', '']);
    const without = await wardflow('send', SAMPLE);
    assert.equal(without.code, 1);
    assert.match(without.err, /from senders with a certificate only \(mutual TLS\).*--certificate/s);
    const other = await wardflow('send', SAMPLE, ...own('stranger'));
    assert.deepEqual([other.code, other.out], [1, '']);
    assert.match(other.err, /gave no answer|No TLS connection/);
    const clear = await wardflow('send', SAMPLE, '--port', String(runtime.mllpPort));
    assert.deepEqual([clear.code, clear.out], [1, '']);
  });

  it('says in its status how it speaks and until when, and what it turned away', async () => {
    const { code, out } = await wardflow('status');
    assert.equal(code, 0);
    assert.match(out, /listening on 127\.0\.0\.1:\d+ \(mutual TLS, certificate until \d{4}-\d\d-\d\d\)/);
    assert.match(out, /TLS handshakes refused/);
  });
});
