/** The commands as people start them, against a real runtime whose EHR is not bound: so that something needs them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import {
  environmentFolder,
  loadBindings,
  packageRoot,
  readConfig,
  serviceTokenPath,
  writeRunInfo,
  type MessageSummary,
  type RunInfo,
} from '../../engine/index.ts';
import { runCli } from '../../cli/run.ts';
import type { EscalationList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { adt } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { skipBecause } from '../kit/requires.ts';
import { freePort, RuntimeProcess } from '../kit/runtime-process.ts';

interface Ended {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

const ROOT = packageRoot();
const sample = (name: string): Buffer => readFileSync(join(ROOT, 'flows/critical-lab-result/samples', `${name}.hl7`));

/** As a process of its own, as people start it. */
function spawned(args: readonly string[], env: Record<string, string>, node = process.execPath): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((done) => {
    execFile(
      node,
      [join(ROOT, 'cli/bin.js'), ...args],
      { env: { PATH, HOME, ...env }, encoding: 'buffer', cwd: ROOT },
      (error, out, err) => done({ code: error ? Number(error.code) : 0, out, err: err.toString('utf8') }),
    );
  });
}

/** The same in this process, which is a second faster. */
async function run(
  args: readonly string[],
  env: Record<string, string>,
  answer: 'yes' | 'no' | 'cannot-ask' = 'cannot-ask',
): Promise<Ended> {
  const chunks: Uint8Array[] = [];
  let err = '';
  const code = await runCli(args, {
    out: (text) => void chunks.push(Buffer.from(text)),
    bytes: (chunk) => Promise.resolve(void chunks.push(chunk)),
    err: (text) => (err += text),
    config: () => readConfig(env, ROOT),
    actor: () => 'cli:test',
    now: () => Date.now(),
    confirm: () => Promise.resolve(answer),
    secret: () => Promise.resolve(null),
  });
  return { code, out: Buffer.concat(chunks), err };
}

describe('wardflow on the command line', function () {
  this.timeout(180_000);
  let runtime: RuntimeProcess;
  const wardflow = (...args: string[]): Promise<Ended> => run(args, { WARDFLOW_DATA: runtime.folder });
  const text = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await wardflow(...args);
    assert.equal(code, 0, err);
    return out.toString('utf8');
  };

  before(async () => {
    runtime = await RuntimeProcess.start();
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
    const sender = new MllpSender(runtime.mllpPort);
    await sender.send(sample('normal'));
    await sender.send(sample('critical-potassium'));
    await sender.send(sample('normal'));
    await sender.send(Buffer.from('MSH|^~\\&|SCHED|\u202eSITE\u009b31m|||20260310||SIU^S12|WF-SIU|P|2.5.1\r', 'utf8'));
    await sender.send(Buffer.from('no message at all', 'utf8'));
    sender.close();
    await runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0 && work.dead === 1);
  });
  after(() => runtime?.dispose());

  it('shows how things stand', async () => {
    const status = JSON.parse(await text('status', '--json')) as {
      messages: Record<string, number>;
      work: Record<string, number>;
    };
    assert.deepEqual(status.messages, { accepted: 5, quarantined: 1, unrouted: 1, resend: 1 });
    // Of the critical result also the page that its alert policy asks for.
    assert.deepEqual(status.work, { waiting: 0, claimed: 0, parked: 0, done: 6, dead: 1, discarded: 0 });
    const plain = await text('status');
    assert.match(plain, /messages +5 accepted, 1 unreadable \(quarantined\), 1 no flow \(unrouted\), 1 resend\n/);
    assert.match(plain, /feed hospital +listening on 127\.0\.0\.1:\d+/);
  });

  it('lists messages, newest first, by state, feed, time and number', async () => {
    const list = async (...args: string[]): Promise<readonly MessageSummary[]> =>
      JSON.parse(await text('messages', 'list', '--json', ...args)) as MessageSummary[];
    const all = await list();
    assert.deepEqual(
      all.map(({ state }) => state),
      ['quarantined', 'unrouted', 'resend', 'dead', 'done'],
    );
    assert.deepEqual(
      (await list('--state', 'dead,done')).map(({ controlId }) => controlId),
      ['WF-S-0002', 'WF-S-0001'],
    );
    assert.equal((await list('--limit', '2')).length, 2);
    assert.equal((await list('--since', '1h')).length, 5);
    assert.equal((await list('--since', '2999-01-01T00:00:00Z')).length, 0);
    assert.equal((await list('--feed', 'elsewhere')).length, 0);
  });

  it('never lets what a sender wrote reach the terminal unescaped', async () => {
    for (const output of [await text('messages', 'list'), await text('messages', 'list', '--json')]) {
      assert.ok(output.includes('\\u202eSITE\\u009b31m'));
      assert.doesNotMatch(output, /[\u202e\u009b]/);
    }
  });

  it('writes the bytes received, unchanged', async () => {
    const { out, code, err } = await spawned(['messages', 'show', 'WF-S-0002', '--raw'], {
      WARDFLOW_DATA: runtime.folder,
    });
    assert.equal(code, 0, err);
    assert.ok(out.equals(sample('critical-potassium')));
    const [quarantined] = JSON.parse(
      await text('messages', 'list', '--json', '--state', 'quarantined'),
    ) as MessageSummary[];
    assert.equal(
      (await wardflow('messages', 'show', quarantined?.id ?? '', '--raw')).out.toString(),
      'no message at all',
    );
  });

  it("shows a message's way and why a rule decided so, and nothing that names the patient", async () => {
    const plain = await text('messages', 'show', 'WF-S-0002');
    assert.match(plain, /critical-lab-result\/critical-result: dead/);
    assert.match(plain, /critical-results +row k-high +Test code is 2823-3, Value 6\.9 is > 6\.2.*: row k-high/);
    assert.doesNotMatch(plain, /Beispiel|900100011|1954/);
  });

  it('redrives a dead letter with a reason that is kept', async () => {
    const answer = await text('messages', 'redrive', 'WF-S-0002', '--reason', 'the EHR is bound now');
    assert.match(answer, /: 1 redriven\n$/);
    await runtime.until<RuntimeStatus>('/status', ({ work }) => work.dead === 1 && work.waiting + work.claimed === 0);
    const records = (await text('audit', 'export')).trim().split('\n');
    const redriven = records
      .map((line) => (JSON.parse(line) as { record: { type: string; actor: string; reason?: string } }).record)
      .find(({ type }) => type === 'work.redriven');
    assert.equal(redriven?.reason, 'the EHR is bound now');
    assert.match(redriven?.actor ?? '', /^cli:/);
    const [done] = JSON.parse(await text('messages', 'list', '--json', '--state', 'done')) as MessageSummary[];
    const refused = await wardflow('messages', 'redrive', done?.id ?? '');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /^This cannot be done now/);
    const twice = JSON.parse(await text('messages', 'list', '--json')) as MessageSummary[];
    assert.equal(twice.filter(({ controlId }) => controlId === 'WF-S-0001').length, 2, 'it came again');
    assert.match(await text('messages', 'show', 'WF-S-0001'), /WF-S-0001/, 'the one that was worked on is meant');
    const sender = new MllpSender(runtime.mllpPort);
    await sender.send(Buffer.concat([sample('normal'), Buffer.from('NTE|1||another body\r')]));
    sender.close();
    assert.match((await wardflow('messages', 'show', 'WF-S-0001')).err, /^2 messages have the control id WF-S-0001\./);
  });

  it('verifies and exports the audit trails', async () => {
    assert.match(
      await text('audit', 'verify'),
      /^The audit trails are intact: \d+ records.*staging: intact, \d+ records/s,
    );
    const file = join(runtime.folder, 'audit.jsonl');
    await text('audit', 'export', '--out', file);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const read = (line = ''): { chain: string; record: { seq: number; type: string } } => JSON.parse(line) as never;
    const ofRuntime = lines.map(read).filter(({ chain }) => chain === 'staging');
    assert.ok(ofRuntime.length > 3);
    // By time; a record may be noted a moment after one that happened later.
    assert.deepEqual(
      ofRuntime.map(({ record }) => record.seq).toSorted((a, b) => a - b),
      ofRuntime.map((_, n) => n + 1),
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const again = await wardflow('audit', 'export', '--out', file);
    assert.equal(again.code, 1);
    assert.match(again.err, /exists already/);
    const redriven = (await text('audit', 'export', '--type', 'work.*', '--text', 'EHR bound', '--offline')).trim();
    assert.deepEqual(
      redriven.split('\n').map((line) => read(line).record.type),
      ['work.redriven'],
    );
    const fhir = (await text('audit', 'export', '--format', 'fhir', '--type', 'work.redriven')).trim().split('\n');
    assert.equal((JSON.parse(fhir[0] ?? '') as { resourceType: string }).resourceType, 'AuditEvent');
    assert.match(await text('audit', 'verify', '--trail', file), /^The audit trails are intact/);
    const cut = join(runtime.folder, 'cut.jsonl');
    writeFileSync(cut, `${lines.filter((_, n) => n !== 1).join('\n')}\n`);
    const { code, out } = await wardflow('audit', 'verify', '--trail', cut);
    assert.equal(code, 1);
    assert.match(out.toString(), /staging is broken at record 3: a record before it is missing.*audit-chain-broken/s);
  });

  it('lets out by a redaction profile what says nothing of the patient', async () => {
    const hides = (answer: string): string => {
      assert.doesNotMatch(answer, /Beispiel|900100011|1954|\b6\.9\b|potassium/i);
      return answer;
    };
    const raw = hides(await text('messages', 'show', 'WF-S-0002', '--raw', '--redact'));
    assert.match(raw, /^MSH\|\^~\\&\|#\w{12}\|.*\|ORU\^R01/);
    const shown = hides(await text('messages', 'show', 'WF-S-0002', '--redact', 'nothing-clinical'));
    const { work } = JSON.parse(shown) as { work: { definition: string }[] };
    assert.ok(work.some(({ definition }) => definition === 'critical-lab-result'));
    const [record] = hides(await text('audit', 'export', '--redact', '--type', 'work.redriven')).split('\n');
    assert.match(record ?? '', /"type":"work\.redriven"/);
    assert.doesNotMatch(record ?? '', /the EHR is bound now|cli:/);
    assert.match(hides(await text('audit', 'export', '--redact', '--format', 'fhir')), /"resourceType":"AuditEvent"/);
    for (const asked of [
      ['messages', 'show', 'WF-S-0002', '--redact', 'nobody'],
      ['audit', 'export', '--redact', 'nobody'],
      ['doctor', '--bundle', join(runtime.folder, 'other.json'), '--redact', 'nobody'],
    ]) {
      const refused = await wardflow(...asked);
      assert.equal(refused.code, 1);
      assert.equal(refused.out.toString(), '');
      assert.match(refused.err, /^There is no redaction profile "nobody"; known: nothing-clinical/);
    }
  });

  it('finds what is wrong, and what to do', async () => {
    const file = join(runtime.folder, 'support.json');
    const { out, code } = await wardflow('doctor', '--json', '--bundle', file);
    const { findings } = JSON.parse(out.toString()) as { findings: { level: string; about: string; text: string }[] };
    const about = (name: string): string | undefined => findings.find((one) => one.about === name)?.level;
    assert.equal(code, 0, out.toString());
    assert.equal(about('staging runtime'), 'ok');
    assert.equal(about('store'), 'ok');
    assert.equal(about('feed hospital'), 'ok');
    assert.equal(about('dead letters'), 'warning');
    assert.equal(about('rule table critical-lab-result/critical-results'), 'ok');
    assert.equal(about('lifetimes'), 'note', 'nothing is said of how long anything is kept');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /Beispiel|900100011|1954|6\.9/);
    const bundle = JSON.parse(text) as {
      redaction: { name: string };
      findings: unknown[];
      runtimes: { staging: { feeds: { name: string }[] } };
    };
    assert.deepEqual([bundle.redaction.name, bundle.findings.length], ['nothing-clinical', findings.length]);
    assert.equal(bundle.runtimes.staging.feeds[0]?.name, 'hospital');
  });

  it("looks at the definitions that the demo's staging runs, not at those that it was copied from", async () => {
    const demo = join(runtime.folder, 'demo-flows');
    const info = JSON.parse(readFileSync(join(runtime.folder, 'run.json'), 'utf8')) as RunInfo;
    cpSync(join(ROOT, 'flows'), join(demo, 'flows'), { recursive: true });
    const table = join(demo, 'flows/critical-lab-result/rules/critical-results.json');
    writeFileSync(table, readFileSync(table, 'utf8').replace('"> 6.2"', '"> 6.0"'));
    const looked = async (isDemo: boolean): Promise<string> => {
      await writeRunInfo(demo, { ...info, demo: isDemo });
      return (await run(['doctor'], { WARDFLOW_DATA: demo })).out.toString();
    };
    assert.match(await looked(true), /WRONG +rule table critical-lab-result.*potassium at the threshold/);
    assert.match(await looked(false), /ok +rule table critical-lab-result/);
  });

  it('warns of what flows name and an environment has no place for', async () => {
    const place = join(runtime.folder, 'unbound');
    const bindings = { kind: 'bindings', format: 1, feeds: {}, endpoints: {} };
    mkdirSync(environmentFolder(place, 'staging'), { recursive: true });
    writeFileSync(join(environmentFolder(place, 'staging'), 'bindings.json'), JSON.stringify(bindings));
    const [governance, staging, mllp] = await Promise.all([freePort(), freePort(), freePort()]);
    const { out, code } = await run(['doctor'], {
      WARDFLOW_DATA: place,
      WARDFLOW_GOVERNANCE_PORT: String(governance),
      WARDFLOW_STAGING_PORT: String(staging),
      WARDFLOW_MLLP_PORT: String(mllp),
    });
    assert.match(out.toString(), /WARNING +flow critical-lab-result: The feed "hospital" is not bound in staging/);
    assert.match(out.toString(), /WARNING +flow critical-lab-result: The FHIR endpoint "ehr" is not bound in staging/i);
    assert.equal(code, 0);
  });

  it('takes the sandbox of the demo for the server that the settings do not name', async () => {
    const file = join(runtime.folder, 'run.json');
    const info = JSON.parse(readFileSync(file, 'utf8')) as RunInfo;
    const demo = join(runtime.folder, 'demo');
    const looked = async (sandbox: RunInfo['sandbox']): Promise<string> => {
      await writeRunInfo(demo, { ...info, sandbox });
      await loadBindings(environmentFolder(demo, 'staging'), readConfig({}));
      return (await run(['doctor'], { WARDFLOW_DATA: demo })).out.toString();
    };
    assert.match(await looked(null), /endpoint ehr rests on WARDFLOW_FHIR_BASE, which is not set/);
    const out = await looked({ pid: 1, port: 8103, url: 'http://127.0.0.1:8103' });
    assert.match(
      out,
      /bindings: feed hospital, endpoint ehr\n.*the sandbox of the demo, http:\/\/127\.0\.0\.1:8103\/fhir/,
    );
    assert.doesNotMatch(out, /which is not set/);
  });

  it('stops and lets go on, and shows what is stopped', async () => {
    const stopped = /feed hospital: held until \S+Z by cli:test: the sender is being moved\n/;
    const reason = 'the sender is being moved';
    assert.match(await text('pause', 'feed', 'hospital', '--reason', reason, '--until', '1h'), stopped);
    assert.match(await text('status'), stopped);
    const status = await text('status', '--json');
    const { switches } = JSON.parse(status) as Pick<RuntimeStatus, 'switches'>;
    assert.deepEqual(
      switches.map(({ kind, inForce }) => [kind, inForce]),
      [['feed', true]],
    );
    assert.doesNotMatch(status, /: 1\d{12}\b/);
    assert.equal(await text('resume', 'feed', 'hospital'), 'feed hospital goes on.\n');
    assert.doesNotMatch(await text('status'), /stopped/);
    for (const [args, said] of [
      [['resume', 'feed', 'hospital'], /^Nothing has stopped the feed "hospital"\./],
      [['pause', 'feed', 'nowhere', '--reason', reason], /^There is no such feed\./],
      [['pause', 'lane', 'fast', '--reason', reason], /the lanes are stat, urgent, routine, bulk/],
      [['pause', 'feed', 'hospital', '--reason', reason, '--until', 'noon'], /^--until takes/],
      [['pause', 'lane', 'bulk', '--reason', reason, '--refuse'], /only a feed/],
    ] as const) {
      const { code, err } = await wardflow(...args);
      assert.equal(code, 1, args.join(' '));
      assert.match(err, said);
    }
  });

  it('says what cannot be released or read again, and puts away what is in quarantine', async () => {
    const listed = async (state: string): Promise<readonly MessageSummary[]> =>
      JSON.parse(await text('messages', 'list', '--json', '--state', state)) as MessageSummary[];
    const [unreadable] = await listed('quarantined');
    const [done] = await listed('done');
    const why = ['--reason', 'a test'];
    assert.equal(
      await text('messages', 'release', done?.id ?? '', ...why, '--dry-run'),
      `${done?.id}: 0 would go on\n`,
    );
    assert.match((await wardflow('messages', 'release', done?.id ?? '', ...why)).err, /none of its work is parked/);
    assert.match((await wardflow('messages', 'reread', unreadable?.id ?? '', ...why)).err, /cannot be read now either/);
    assert.match((await wardflow('messages', 'reread', done?.id ?? '', ...why)).err, /it is not in quarantine/);
    assert.equal(await text('messages', 'discard', unreadable?.id ?? '', ...why), `${unreadable?.id}: 1 discarded\n`);
    assert.deepEqual(await listed('quarantined'), []);
  });

  it('handles many dead letters by filter, and asks first', async () => {
    const messagesDead = ({ messages }: RuntimeStatus): number => messages.dead;
    const before = (JSON.parse(await text('messages', 'list', '--json', '--state', 'dead')) as MessageSummary[]).length;
    const sender = new MllpSender(runtime.mllpPort);
    for (const n of ['91', '92']) {
      // Another order of another patient: the gate takes what it has seen for a repeat.
      const one = sample('critical-potassium')
        .toString('utf8')
        .replaceAll(/(WF-S-00|1954|L10|V00|9001000)\d\d/g, `$1${n}`);
      await sender.send(one);
      // A discharge waits for nobody's answer: what is dead of it can be discarded.
      await sender.send(adt('A03', `WF-D-${n}`, `D${n}`));
    }
    sender.close();
    await runtime.until<RuntimeStatus>('/status', (status) => messagesDead(status) === before + 4);
    const discard = ['messages', 'discard', '--state', 'dead', '--reason', 'test data'];
    assert.match(await text(...discard, '--dry-run'), /^\d+ dead letters of \d+ messages would be discarded\./);
    assert.match((await wardflow(...discard)).err, /^\d+ messages are meant, and there is no terminal to ask on\./);
    const env = { WARDFLOW_DATA: runtime.folder };
    assert.equal((await run(discard, env, 'no')).out.toString(), 'Nothing was done.\n');
    await runtime.until<RuntimeStatus>('/status', (status) => messagesDead(status) === before + 4);
    const said = (await run(discard, env, 'yes')).out.toString();
    assert.match(said, /^\d+ of \d+ messages discarded\. \d+ more belong to escalations that are open and stay: /);
    assert.match((await run(discard, env, 'yes')).out.toString(), /^No dead letter can be taken\. \d+ more belong/);
    // What the ladders have to tell stays until somebody answers.
    const { escalations } = await runtime.api<EscalationList>('/escalations?state=open,exhausted&limit=500');
    for (const { id } of escalations)
      await runtime.api(`/escalations/${id}/acknowledge`, { method: 'POST', body: JSON.stringify({ reason: 'seen' }) });
    await runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0);
    const rest = (await run(discard, env, 'yes')).out.toString();
    assert.match(rest, /^\d+ of \d+ messages discarded\.\n$/);
    await runtime.until<RuntimeStatus>('/status', (status) => messagesDead(status) === 0);
    assert.equal(await text('messages', 'redrive', '--code', 'endpoint-auth'), 'No dead letter fits.\n');
    assert.match((await wardflow('messages', 'redrive')).err, /^No message is named/);
    assert.match((await wardflow('messages', 'redrive', 'X', '--feed', 'lab')).err, /^Messages are named, and/);
  });

  it('discards what waits of a message only where all of it is asked for, and says before what that is', async () => {
    const why = ['--reason', 'sent by mistake'];
    await text('pause', 'definition', 'critical-lab-result', ...why);
    const sender = new MllpSender(runtime.mllpPort);
    await sender.send(
      sample('critical-potassium')
        .toString('utf8')
        .replaceAll(/(WF-S-00|1954|L10|V00|9001000)\d\d/g, '$193'),
    );
    sender.close();
    const discard = ['messages', 'discard', 'WF-S-0093', ...why];
    assert.match(
      (await wardflow(...discard)).err,
      /none of its work is dead; what waits or is parked is discarded where/,
    );
    const dryRun = await text(...discard, '--all', '--dry-run');
    assert.match(dryRun, /^\S+: 1 would be discarded\n {2}\S+ {2}critical-lab-result\/lab-results {2}waiting\n$/);
    const asJson = JSON.parse(await text(...discard, '--all', '--dry-run', '--json')) as {
      discarded: [];
      items: object[];
    };
    assert.deepEqual([asJson.discarded, asJson.items.length], [[], 1]);
    assert.match(await text(...discard, '--all'), /: 1 discarded\n$/);
    const [message] = JSON.parse(await text('messages', 'list', '--json', '--state', 'discarded')) as MessageSummary[];
    assert.equal(message?.controlId, 'WF-S-0093');
    await text('resume', 'definition', 'critical-lab-result', ...why);
  });

  it('says in one sentence what it cannot do, with exit code 1 and no stack', async () => {
    const nowhere = { WARDFLOW_DATA: join(runtime.folder, 'nowhere') };
    for (const [args, env, said] of [
      [['status'], nowhere, /^No Wardflow runs from the data folder .*nowhere\. Start it with/],
      [['status', '--runtime', 'production'], undefined, /^No production runtime runs/],
      [['messages', 'show', 'NOT-THERE'], undefined, /^There is no such message\./],
      [['messages', 'list', '--limit', '0'], undefined, /^--limit takes 1 to/],
      [['messages', 'list', '--state', 'lost'], undefined, /^--state takes accepted/],
      [['messages', 'list', '--since', 'yesterday'], undefined, /^--since takes/],
      [['doctor'], { WARDFLOW_STAGING_PORT: 'x' }, /^$/],
      [['status'], { WARDFLOW_STAGING_PROT: '1' }, /did you mean WARDFLOW_STAGING_PORT\?/],
      [['up'], { WARDFLOW_MLLP_PORT: '-1' }, /WARDFLOW_MLLP_PORT takes 0 to 65535/],
      [['rules', 'test', '/nowhere'], undefined, /^The folder of definitions \/nowhere cannot be read/],
    ] as const) {
      const { code, err } = await run(args, { WARDFLOW_DATA: runtime.folder, ...env });
      assert.equal(code, 1, args.join(' '));
      assert.match(err, said, args.join(' '));
      assert.doesNotMatch(err, /\n\s+at /);
    }
    assert.ok(!existsSync(join(runtime.folder, 'nowhere')), 'asking makes no folder');
  });

  it('says that the runtime does not answer when its port is dead', async () => {
    const stale = join(runtime.folder, 'stale');
    const file = join(runtime.folder, 'run.json');
    const info = JSON.parse(readFileSync(file, 'utf8')) as { runtimes: { staging: { url: string } } };
    info.runtimes.staging.url = 'http://127.0.0.1:9';
    await writeRunInfo(stale, info as unknown as Parameters<typeof writeRunInfo>[1]);
    const { code, err } = await run(['status'], { WARDFLOW_DATA: stale });
    assert.equal(code, 1);
    assert.match(err, /^The staging runtime does not answer at http:\/\/127\.0\.0\.1:9 /);
    const doctor = await run(['doctor'], { WARDFLOW_DATA: stale });
    assert.equal(doctor.code, 1);
    assert.match(doctor.out.toString(), /WRONG +staging runtime: The staging runtime does not answer/);
  });

  it('looks at the flows that the demo runs, which the editor changes, and says so', async () => {
    const place = join(runtime.folder, 'of-the-demo');
    const table = join(place, 'flows/critical-lab-result/rules/critical-results.json');
    cpSync(join(ROOT, 'flows'), join(place, 'flows'), { recursive: true });
    writeFileSync(table, readFileSync(table, 'utf8').replaceAll('"> 6.2"', '"> 9.9"'));
    const tested = (): Promise<Ended> => run(['rules', 'test'], { WARDFLOW_DATA: place });
    assert.equal((await tested()).code, 0, 'nothing of the demo runs: the folder of the settings');
    const info = JSON.parse(readFileSync(join(runtime.folder, 'run.json'), 'utf8')) as RunInfo;
    await writeRunInfo(place, { ...info, demo: true });
    const { code, err } = await tested();
    assert.deepEqual([code, err], [1, `These are the flows that the demo runs, in ${join(place, 'flows')}.\n`]);
    const chosen = await run(['rules', 'test', join(ROOT, 'flows')], { WARDFLOW_DATA: place });
    assert.deepEqual([chosen.code, chosen.err], [0, '']);
  });

  it('ends with the exit code of the command and without a stack, as a process', async () => {
    const { code, out, err } = await spawned(['status'], { WARDFLOW_DATA: join(runtime.folder, 'nowhere') });
    assert.equal(code, 1);
    assert.equal(out.length, 0);
    assert.match(err, /^No Wardflow runs from the data folder [^\n]*\n$/);
  });

  it('runs on the Node.js that came with the packages where the machine has an older one', async function () {
    const old = '/usr/bin/node';
    if (!existsSync(old)) skipBecause(this, old, 'a second Node.js, older than 24, is not installed');
    const { code, out } = await spawned(['rules', 'test'], {}, old);
    assert.equal(code, 0);
    assert.match(out.toString(), /critical-results: (\d+) of \1 passed/);
    assert.equal((await spawned(['nonsense'], {}, old)).code, 1, 'the exit code comes through');
  });
});
