import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readScenarios } from '../../governance/scenarios/read-scenarios.ts';
import { runScenarios, type DefinitionResult } from '../../governance/scenarios/run-definition.ts';
import { RECEIVER_SCENARIOS, receiverDefinition } from '../kit/receiver-definition.ts';

const run = (scenarios = RECEIVER_SCENARIOS, only: readonly string[] = []): Promise<DefinitionResult> =>
  runScenarios({ definition: 'to-ward', files: receiverDefinition(scenarios), only });
const differences = ({ scenarios }: DefinitionResult): readonly string[] =>
  scenarios.flatMap(({ scenario, differences: all }) => all.map(({ place, text }) => `${scenario} ${place}: ${text}`));

describe('scenarios with a receiver of HL7 messages', function () {
  this.timeout(120_000);

  it('show a resend, a correction, the receiver down, lost and late answers, and refusals', async () => {
    const result = await run();
    assert.deepEqual(differences(result), []);
    assert.equal(result.scenarios.length, Object.keys(RECEIVER_SCENARIOS).length);
    const hashes = result.scenarios.map(({ hash }) => hash);
    assert.equal(new Set(hashes).size, hashes.length);
  });

  it('say what is not as expected, and that a fault was not met or is of another kind of endpoint', async () => {
    const steps = [
      { at: 'PT0S', fault: { endpoint: 'ward', kind: 'status', status: 500 } },
      { at: 'PT0S', fault: { endpoint: 'ward', kind: 'lost-answer', times: 9 } },
      ...(RECEIVER_SCENARIOS['resend']?.steps ?? []),
    ];
    const expect = [{ kind: 'message', count: 7 }];
    const told = differences(await run({ wrong: { steps, expect } }));
    assert.deepEqual(
      told.map((one) => one.split(':').slice(0, 2).join(':').slice(0, 90)),
      [
        'wrong steps[0]: the endpoint "ward" has no fault "status"',
        'wrong expect[0]: expected 7 message; there is 1',
        'wrong steps: the fault of "ward" until here was met by fewer requests than it should be',
      ],
    );
  });

  it('are read with their faults and expectations checked', () => {
    const told = (fault: object): string =>
      readScenarios(
        receiverDefinition({
          one: { steps: [{ at: 'PT0S', fault: { endpoint: 'ward', ...fault } }], expect: [{ kind: 'message' }] },
        }),
      )
        .problems.map(({ text }) => text)
        .join('; ');
    assert.equal(told({ kind: 'refuse', code: 'AR', error: '207', type: 'ADT^A01' }), '');
    assert.match(told({ kind: 'refuse', code: 'AA' }), /code/);
    assert.match(told({ kind: 'refuse', error: 'x' }), /error/);
    assert.match(told({ kind: 'slow', seconds: 0 }), /seconds/);
    assert.match(told({ kind: 'sloow' }), /kind/);
  });
});
