import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readScenarios } from '../../governance/scenarios/read-scenarios.ts';
import { runScenarios, type DefinitionResult } from '../../governance/scenarios/run-definition.ts';
import { PEOPLE_SCENARIOS, peopleDefinition, result } from '../kit/people-definition.ts';

const run = (scenarios = PEOPLE_SCENARIOS, only: readonly string[] = []): Promise<DefinitionResult> =>
  runScenarios({ definition: 'for-people', files: peopleDefinition(scenarios), only });
const differences = ({ scenarios }: DefinitionResult): readonly string[] =>
  scenarios.flatMap(({ scenario, differences: all }) => all.map(({ place, text }) => `${scenario} ${place}: ${text}`));

describe('scenarios with people', function () {
  this.timeout(120_000);

  it('take tasks through their life, by the roster, and tell alerts by channels that fail', async () => {
    const done = await run();
    assert.deepEqual(differences(done), []);
    assert.equal(done.scenarios.length, Object.keys(PEOPLE_SCENARIOS).length);
    const [again] = (await run(PEOPLE_SCENARIOS, ['a-channel-down'])).scenarios;
    const first = done.scenarios.find(({ scenario }) => scenario === 'a-channel-down');
    assert.equal(again?.hash, first?.hash, 'one outcome, one hash');
  });

  it('say in words what is not as expected', async () => {
    const steps = [
      { at: 'PT0S', channel: { name: 'smoke', kind: 'down' } },
      { at: 'PT0S', channel: { name: 'pager', kind: 'refuse', times: 2 } },
      result('W1', 'P1', '6.6', 'result'),
      { at: 'PT1M', task: { by: 'ana', step: 'complete' } },
      { at: 'PT1M', task: { by: 'ana', claim: true, refused: 'task-stale' } },
      { at: 'PT1M', task: { by: 'ana', claim: true, of: 'result', code: 'other-work' } },
    ];
    const expect = [
      { kind: 'workflow-task', what: 'nobody has it', count: 1, match: 'person = null' },
      { kind: 'policy-alert', count: 2 },
      { kind: 'told', count: 9 },
      { kind: 'held-back' },
    ];
    const told = differences(await run({ wrong: { steps, expect } }));
    assert.deepEqual(
      told.map((one) => one.split('\n')[0]?.replace(/^wrong /, '')),
      [
        'steps[0]: no policy names the channel "smoke"',
        'steps[3]: it was refused (task-step-impossible): A task that is requested cannot take the step "complete". (the task is requested)',
        'steps[4]: it was done, expected to be refused with task-stale',
        'steps[5]: no workflow task of "result" of the kind "other-work" is there',
        'expect[0]: expected 1 workflow task (nobody has it) where person = null; 0 of 1 fit:',
        'expect[1]: expected 2 alert of a policy; there is 1:',
        'expect[2]: expected 9 telling by a channel; there are 2:',
        'expect[3]: expected at least one alert held back; there are 0',
        'steps: the fault of the channel "pager" until here was met by fewer alerts than it should be',
      ],
    );
  });

  it('are read with their people checked', () => {
    const told = (scenario: object): string =>
      readScenarios(
        peopleDefinition({
          one: { steps: [result('R1', 'P1', '6', 'result')], expect: [{ kind: 'told' }], ...scenario },
        }),
      )
        .problems.map(({ text }) => text)
        .join('; ');
    const step = (one: object): string => told({ steps: [{ at: 'PT0S', ...one }] });
    const roster = (line: object): string => told({ given: { roster: [{ role: 'nurse', person: 'ana', ...line }] } });
    assert.equal(told({}), '');
    assert.equal(roster({ unit: null, from: 'PT1H', to: '2026-03-11T00:00:00Z' }), '');
    assert.match(roster({ from: 'tomorrow' }), /from/);
    assert.match(roster({ person: 'Night Nurse' }), /given\.roster\[0\]\.person is no user name/);
    assert.match(told({ given: { channels: { pager: { kind: 'gone' } } } }), /kind/);
    assert.match(step({ task: { by: 'ana' } }), /steps\[0\]\.task needs exactly one of step, claim/);
    assert.match(step({ task: { by: 'ana', claim: true, step: 'start' } }), /needs exactly one/);
    assert.match(step({ task: { by: 'ana', step: 'sleep' } }), /step/);
    assert.match(step({ task: { by: 'ana', claim: true, of: 'nothing' } }), /names the message "nothing"/);
    assert.match(step({ task: { by: 'ana', claim: true, to: 'done' } }), /to goes with "part"/);
    assert.match(step({ alert: { by: 'ana' } }), /do/);
    assert.match(step({ fallback: { do: 'enter' } }), /by/);
    assert.match(step({ review: { by: 'ana', decide: 'burn' } }), /decide/);
  });
});
