import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { packageRoot, readConfig, readDefinitionFiles, type DefinitionFiles } from '../../engine/index.ts';
import { runCli } from '../../cli/run.ts';
import { readScenarios } from '../../governance/scenarios/read-scenarios.ts';
import { runScenarios, type DefinitionResult } from '../../governance/scenarios/run-definition.ts';
import { ScenarioRuntime } from '../../governance/scenarios/scenario-runtime.ts';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import type { Scenario } from '../../governance/scenarios/scenario.ts';
import { longRun } from '../kit/requires.ts';

const ROOT = packageRoot();
const SHIPPED = ['critical-lab-result', 'discharge-follow-up'];
/** What is run by default: a resend, a correction, the EHR down, time passing; the long run takes all. */
const BRIEFLY: Readonly<Record<string, readonly string[]>> = {
  'critical-lab-result': ['corrected-to-normal', 'nobody-answers', 'answer-lost'],
  'discharge-follow-up': ['resend', 'communication-refused', 'died'],
};

let all: readonly DefinitionFiles[];
const filesOf = (name: string): Readonly<Record<string, string>> => all.find((one) => one.name === name)?.files ?? {};
const run = (
  definition: string,
  files: Readonly<Record<string, string>>,
  only: readonly string[],
): Promise<DefinitionResult> => runScenarios({ definition, files, shared: filesOf('_shared'), only });

function differences({ scenarios }: DefinitionResult): readonly string[] {
  return scenarios.flatMap(({ scenario, differences }) =>
    differences.map(({ place, text }) => `${scenario} ${place}: ${text}`),
  );
}

describe('scenarios', function () {
  this.timeout(120_000);
  const brief = new Map<string, DefinitionResult>();

  before(async () => {
    all = await readDefinitionFiles(join(ROOT, 'flows'));
  });

  for (const name of SHIPPED) {
    it(`${name} does what its scenarios say${longRun ? '' : ' (a few of them)'}`, async () => {
      const result = await run(name, filesOf(name), longRun ? [] : (BRIEFLY[name] ?? []));
      brief.set(name, result);
      assert.deepEqual(differences(result), []);
      assert.ok(result.scenarios.length >= 3);
      for (const { compared } of result.scenarios) assert.ok(compared > 0);
    });

    it(`${name} has at least six, with a resend, a correction, the EHR down and time passing`, () => {
      const { scenarios, problems } = readScenarios(filesOf(name));
      assert.deepEqual(problems, []);
      assert.ok(scenarios.length >= 6);
      const names = scenarios.map((one) => one.name);
      assert.ok(names.includes('resend'));
      assert.ok(names.some((one) => one.startsWith('corrected')));
      const isDown = ({ given, steps }: Scenario): boolean =>
        given?.endpoints?.['ehr']?.fault?.kind === 'down' || steps.some(({ fault }) => fault?.kind === 'down');
      assert.ok(scenarios.some(isDown));
      assert.ok(scenarios.some(({ steps }) => steps.some(({ at }) => /M$|H/.test(at))));
    });
  }

  it('have one hash for one outcome, whenever and however often they run', async () => {
    const name = 'discharge-follow-up';
    const again = await run(name, filesOf(name), ['resend']);
    const first = brief.get(name)?.scenarios.find(({ scenario }) => scenario === 'resend');
    assert.match(first?.hash ?? '', /^[0-9a-f]{64}$/);
    assert.equal(again.scenarios[0]?.hash, first?.hash);
    // Over another set of scenarios it is another result.
    assert.notEqual(again.hash, brief.get(name)?.hash);
    const others = brief.get(name)?.scenarios.map(({ hash }) => hash) ?? [];
    assert.equal(new Set(others).size, others.length);
  });

  it('run in a confined runtime: what is not reviewed yet may hold code', async () => {
    const runtime = await ScenarioRuntime.start({
      scenario: 'none',
      definition: 'discharge-follow-up',
      files: filesOf('discharge-follow-up'),
      shared: filesOf('_shared'),
      nodes: [],
      now: 0,
      endpoints: new Map(),
    });
    try {
      assert.equal((await runtime.api<RuntimeStatus>('/status')).confined, true);
    } finally {
      await runtime.stop();
    }
  });

  it('are not run of a definition that is not sound', async () => {
    const files = { ...filesOf('discharge-follow-up'), 'flow.json': '[]' };
    await assert.rejects(run('discharge-follow-up', files, []), { code: 'scenario-not-runnable' });
  });

  it('are refused where they could expect nothing, or name what is not there', () => {
    const told = (scenario: object): string => {
      const files = {
        'scenarios/one.json': JSON.stringify({ kind: 'scenario', format: 1, name: 'one', title: 'One', ...scenario }),
      };
      return readScenarios(files)
        .problems.map(({ text }) => text)
        .join('; ');
    };
    const send = { at: 'PT0S', send: { feed: 'hospital', text: 'MSH|' } };
    const expect = [{ kind: 'state', of: 'message', is: 'done' }];
    assert.equal(told({ steps: [send], expect }), '');
    assert.match(told({ steps: [send], expect: [] }), /expect/);
    assert.match(told({ steps: [send], expect, extra: 1 }), /unknown key "extra"/);
    assert.match(told({ steps: [{ ...send, advance: 'PT1M' }], expect }), /steps\[0\]/);
    assert.match(told({ steps: [send], expect: [{ kind: 'task', of: 'other' }] }), /names the message "other"/);
    assert.match(told({ steps: [send], expect: [{ kind: 'task', match: '(((' }] }), /match is not JSONata/);
    assert.match(told({ steps: [send], expect: [{ kind: 'resource' }] }), /type goes with/);
    assert.match(told({ steps: [send], expect: [{ kind: 'state', of: 'message' }] }), /needs "of", and "is"/);
    assert.match(
      told({
        steps: [
          { at: 'PT5M', send: send.send },
          { at: 'PT1M', ack: { by: 'a' } },
        ],
        expect,
      }),
      /before the step above/,
    );
    assert.match(told({ steps: [send, send], expect }), /second message called "message"/);
    assert.match(
      told({ steps: [{ at: 'PT0S', send: { feed: 'hospital', sample: 'none.hl7' } }], expect }),
      /sample "none.hl7"/,
    );
    assert.match(
      told({ steps: [{ at: 'PT0S', send: { ...send.send, replace: [['PID', 'X']] } }], expect }),
      /not in the message/,
    );
  });
});

describe('the door to the clock of a scenario', () => {
  it('is in no settings but its own, which start only with a parent', async () => {
    const entry = join(ROOT, 'governance/scenarios/runtime-settings.ts');
    const ended = await new Promise<{ readonly code: unknown; readonly said: string }>((resolve) => {
      execFile(process.execPath, [entry, '0'], { env: { PATH: process.env['PATH'] } }, (error, _out, err) =>
        resolve({ code: error?.code ?? 0, said: err }),
      );
    });
    assert.equal(ended.code, 1);
    assert.match(ended.said, /started by the runner of scenarios only/);
    const settings = readFileSync(join(ROOT, 'settings.ts'), 'utf8');
    assert.match(settings, /composeSettings\(\)/);
  });
});

describe('wardflow scenarios run', function () {
  this.timeout(120_000);
  let folder: string;
  const told = { out: '', err: '' };
  const cli = (...args: readonly string[]): Promise<number> => {
    told.out = '';
    told.err = '';
    return runCli(args, {
      out: (text) => void (told.out += text),
      bytes: async () => undefined,
      err: (text) => void (told.err += text),
      config: () => readConfig({ WARDFLOW_FLOWS: folder, WARDFLOW_DATA: join(folder, '..', 'data') }),
      actor: () => 'cli:test',
      now: () => Date.parse('2026-06-01T00:00:00Z'),
      confirm: async () => 'cannot-ask',
      secret: async () => null,
    });
  };

  before(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'wardflow-scenarios-')), 'flows');
    cpSync(join(ROOT, 'flows'), folder, { recursive: true });
    const path = join(folder, 'discharge-follow-up/scenarios/died.json');
    const scenario = JSON.parse(readFileSync(path, 'utf8')) as Scenario;
    const wrong = {
      ...scenario,
      steps: [
        { at: 'PT0S', fault: { endpoint: 'ehr', kind: 'throttle', retryAfter: 5 } },
        ...scenario.steps,
        { at: 'PT1M', ack: { by: 'nobody' } },
      ],
      expect: [
        { kind: 'task', what: 'the team', count: 1, match: "status = 'requested'" },
        { kind: 'state', of: 'discharge', is: 'dead' },
        { kind: 'decision', of: 'discharge', count: 1, match: "row = 'own-accord'" },
        { kind: 'decision', of: 'discharge', count: 1, match: "row = 'died'" },
      ],
    };
    writeFileSync(path, JSON.stringify(wrong));
  });
  after(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  it('ends with 1 and says readably what came instead, also for a build server', async () => {
    const report = join(folder, '..', 'reports', 'scenarios.xml');
    const code = await cli('scenarios', 'run', 'discharge-follow-up', '--scenario', 'died', '--junit', report);
    assert.equal(code, 1, told.err);
    const lines = told.out.split('\n').map((line) => line.trim());
    const about = (place: string): string => lines.find((line) => line.startsWith(place)) ?? `nothing in\n${told.out}`;
    assert.match(about('FAILED'), /^FAILED {2}died: /);
    assert.match(about('steps[2]'), /: nothing waits for an answer$/);
    assert.match(about('expect[0]'), /: expected 1 task \(the team\) where status = 'requested'; there are 0$/);
    assert.match(about('expect[1]'), /: the message "discharge" is done, expected dead:$/);
    assert.match(about('expect[2]'), /: expected 1 decision of "discharge" where row = 'own-accord'; 0 of 1 fit:$/);
    assert.match(lines[lines.indexOf(about('expect[2]')) + 1] ?? '', /^\{.*"row":"died"/);
    assert.match(about('expect[3]'), /^nothing in/);
    assert.match(about('steps:'), /: the fault of "ehr" until here was met by fewer requests/);
    assert.match(told.out, /0 of 1 as expected, result [0-9a-f]{64}/);
    assert.match(readFileSync(report, 'utf8'), /<testsuites tests="1" failures="1"/);
  });

  it('knows which scenarios and definitions there are', async () => {
    assert.equal(await cli('scenarios', 'run', 'nothing'), 1);
    assert.match(told.err, /no definition "nothing"/);
    assert.equal(await cli('scenarios', 'run', 'discharge-follow-up', '--scenario', 'nothing'), 1);
    assert.match(told.err, /no scenario "nothing".*ordinary/);
    assert.equal(await cli('scenarios', 'run', '--jobs', 'many'), 1);
    assert.match(told.err, /--jobs takes/);
  });

  it('leaves what a definition is made of to wardflow check', async () => {
    const report = join(folder, '..', 'check.xml');
    assert.equal(await cli('check', '--junit', report), 0, told.out);
    assert.match(told.out, /discharge-follow-up: nothing found/);
    assert.equal(await cli('check', '--fail-on', 'notice', '--json'), 1);
    assert.equal((JSON.parse(told.out) as { readonly ok: boolean }).ok, false);
    assert.match(readFileSync(report, 'utf8'), /tests="5" failures="0"/);
    mkdirSync(join(folder, '_policy'), { recursive: true });
    writeFileSync(join(folder, '_policy/policy.json'), '{ "kind": "policy", "format": 1, "forbiddenNodes": [] }');
    assert.equal(await cli('check', 'discharge-follow-up'), 1);
    assert.match(told.err, /The policy is not valid/);
    rmSync(join(folder, '_policy'), { recursive: true });
    const flow = join(folder, 'discharge-follow-up/flow.json');
    writeFileSync(flow, readFileSync(flow, 'utf8').replace('"message failed"', '"debug"'));
    assert.equal(await cli('check', 'discharge-follow-up', '--junit', report), 1);
    assert.match(told.out, /ERROR {4}path-not-settled {2}flow.json, node dis-catch/);
    assert.match(readFileSync(report, 'utf8'), /path-not-settled at dis-catch/);
  });
});
