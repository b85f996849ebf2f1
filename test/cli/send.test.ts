/** `wardflow send` against a real runtime. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { packageRoot, readConfig, serviceTokenPath, writeRunInfo, type MessageSummary } from '../../engine/index.ts';
import { runCli } from '../../cli/run.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const ROOT = packageRoot();
const SAMPLE = join(ROOT, 'flows/critical-lab-result/samples/normal.hl7');

describe('wardflow send', function () {
  this.timeout(180_000);
  let runtime: RuntimeProcess;
  let folder: string;
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, 'latin1');
    return join(folder, name);
  };

  async function wardflow(...args: string[]): Promise<{ code: number; out: string; err: string; bytes: Buffer }> {
    let out = '';
    let err = '';
    const chunks: Uint8Array[] = [];
    const code = await runCli(args, {
      out: (text) => void (out += text),
      bytes: (chunk) => Promise.resolve(void chunks.push(chunk)),
      err: (text) => void (err += text),
      config: () => readConfig({ WARDFLOW_DATA: runtime.folder }, ROOT),
      actor: () => 'cli:test',
      now: () => Date.now(),
      confirm: () => Promise.resolve('cannot-ask'),
      secret: () => Promise.resolve(null),
    });
    return { code, out, err, bytes: Buffer.concat(chunks) };
  }
  const listed = async (): Promise<readonly MessageSummary[]> =>
    JSON.parse((await wardflow('messages', 'list', '--json')).out) as MessageSummary[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-send-'));
    runtime = await RuntimeProcess.start();
    await writeRunInfo(runtime.folder, {
      format: 1,
      version: '0.0.0',
      startedAt: Date.now(),
      supervisor: { pid: process.pid },
      demo: false,
      governance: { pid: process.pid, port: 4000, url: 'http://127.0.0.1:4000' },
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

  it('sends a file and tells the answer and where the console shows the message', async () => {
    const { code, out, err } = await wardflow('send', SAMPLE);
    assert.equal(code, 0, err);
    const [message] = await listed();
    assert.equal(out, `AA accepted  WF-S-0001\n  http://127.0.0.1:4000/messages/${message?.id}\n`);
    const raw = await wardflow('messages', 'show', message?.id ?? '', '--raw');
    assert.ok(raw.bytes.equals(readFileSync(SAMPLE)), 'the bytes of the file have changed on their way');
  });

  it('sends each message of a file, with segment ends that an editor has turned into line ends', async () => {
    const one = (id: string): string => `MSH|^~\\&|S|T|||20260310||SIU^S12|${id}|P|2.5.1\r\nSCH|caf\u00e9\r\n`;
    const { code, out } = await wardflow('send', file('two.hl7', `${one('SEND-1')}\n${one('SEND-2')}`));
    assert.equal(code, 0);
    assert.deepEqual(out.match(/^AA accepted {2}SEND-\d/gm), ['AA accepted  SEND-1', 'AA accepted  SEND-2']);
    const raw = await wardflow('messages', 'show', 'SEND-1', '--raw');
    assert.equal(raw.bytes.toString('latin1'), 'MSH|^~\\&|S|T|||20260310||SIU^S12|SEND-1|P|2.5.1\rSCH|caf\u00e9\r');
  });

  it('ends with 1 where a message is not taken, and says why', async () => {
    const { code, out } = await wardflow('send', file('nameless.hl7', 'MSH|^~\\&|S|T|||20260310||SIU^S12||P|2.5.1\r'));
    assert.equal(code, 1);
    assert.match(out, /^AE not taken {2}\(no control id\) {2}The message has no control id \(MSH-10\)/);
  });

  it('says in one sentence what cannot be sent, and sends nothing', async () => {
    const before = (await listed()).length;
    for (const [args, sentence] of [
      [[join(folder, 'absent.hl7')], /absent\.hl7 cannot be read \(ENOENT\)/],
      [[file('empty.hl7', 'hello\n')], /has no HL7 v2 message in it/],
      [[SAMPLE, '--feed', 'elsewhere'], /has no feed elsewhere that listens.*hospital/],
      [[SAMPLE, '--port', '0'], /--port takes 1 to 65535/],
    ] as const) {
      const { code, out, err } = await wardflow('send', ...args);
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, sentence);
    }
    assert.equal((await listed()).length, before);
  });
});
