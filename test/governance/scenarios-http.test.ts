import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readScenarios } from '../../governance/scenarios/read-scenarios.ts';
import { runScenarios, type DefinitionResult } from '../../governance/scenarios/run-definition.ts';
import { receiverDefinition, RECEIVER_SCENARIOS } from '../kit/receiver-definition.ts';

type Scenarios = Parameters<typeof receiverDefinition>[0];

/** The definition of the receiver, with a desk that is called in its place. */
function deskDefinition(scenarios: Scenarios): Readonly<Record<string, string>> {
  const files = receiverDefinition(scenarios);
  const flow = (JSON.parse(files['flow.json'] ?? '[]') as Readonly<Record<string, unknown>>[])
    .filter(({ id }) => id !== 'pass-on-stamp')
    .map((node) => {
      if (node['type'] === 'wardflow-hl7-endpoint') return { ...node, type: 'wardflow-http-endpoint' };
      if (node['type'] === 'hl7 in') return { ...node, wires: [['pass-on-out']] };
      if (node['type'] !== 'hl7 out') return node;
      const call = {
        path: '/moves',
        body: '{ "bed": payload.get("PV1-3.3") }',
        bodyKind: 'jsonata',
        whenUnknown: 'repeat',
      };
      return { ...node, type: 'http call', method: 'POST', ...call };
    });
  return { ...files, 'flow.json': JSON.stringify(flow) };
}

const run = (scenarios: Scenarios): Promise<DefinitionResult> =>
  runScenarios({ definition: 'to-ward', files: deskDefinition(scenarios), only: [] });
const differences = ({ scenarios }: DefinitionResult): readonly string[] =>
  scenarios.flatMap(({ scenario, differences: all }) => all.map(({ place, text }) => `${scenario} ${place}: ${text}`));
const admission = (RECEIVER_SCENARIOS['receiver-down']?.steps ?? []).slice(0, 1);
const fault = (kind: string, more: object = {}): object => ({ at: 'PT0S', fault: { endpoint: 'ward', kind, ...more } });
const later = { at: 'PT30M', advance: 'PT0S' };
const answered = (match: string): object => ({ kind: 'request', of: 'first', count: 1, match });

describe('scenarios with an HTTP server', function () {
  this.timeout(120_000);

  it('show what it was asked, repeats under one key, and its faults', async () => {
    const given = {
      endpoints: { ward: { answers: [{ method: 'POST', path: '/moves', status: 202, body: { ok: true } }] } },
    };
    const result = await run({
      well: {
        given,
        steps: admission,
        expect: [answered("path = '/moves' and arrivals = 1 and status = 202 and $exists(body.bed)")],
      },
      lost: {
        steps: [fault('lost-answer', { times: 1 }), ...admission, later],
        expect: [answered('arrivals = 2 and status = 200')],
      },
      busy: {
        steps: [fault('throttle', { times: 1, retryAfter: 60 }), ...admission, later],
        expect: [answered('arrivals = 2'), { kind: 'state', of: 'first', is: 'done' }],
      },
      elsewhere: {
        given: { endpoints: { ward: { answers: [{ path: '/other' }] } } },
        steps: admission,
        expect: [answered('status = 404'), { kind: 'state', of: 'first', is: 'dead' }],
      },
    } as unknown as Scenarios);
    assert.deepEqual(differences(result), []);
    assert.equal(result.scenarios.length, 4);
  });

  it('say what is not as expected, and which fault or answer is none of its kind', async () => {
    const told = differences(
      await run({
        wrong: {
          given: { endpoints: { ward: { resources: [{ resourceType: 'Patient' }] } } },
          steps: [fault('twice'), ...admission],
          expect: [{ kind: 'request', count: 3 }],
        },
      } as unknown as Scenarios),
    );
    assert.deepEqual(
      told.map((one) => one.split('\n')[0]?.slice(0, 80)),
      [
        'wrong given.endpoints.ward: there is no FHIR server "ward" to have resources',
        'wrong steps[0]: the endpoint "ward" has no fault "twice": it is of another kind',
        'wrong expect[0]: expected 3 request; there is 1:',
      ],
    );
  });

  it('are read with their answers checked', () => {
    const told = (answer: object): string =>
      readScenarios(
        deskDefinition({
          one: {
            given: { endpoints: { ward: { answers: [answer] } } },
            steps: admission,
            expect: [{ kind: 'request' }],
          },
        }),
      )
        .problems.map(({ text }) => text)
        .join('; ');
    assert.equal(told({ path: '/beds?x=1', status: 404, body: null }), '');
    assert.match(told({ path: 'beds' }), /path/);
    assert.match(told({ path: '/beds', status: 99 }), /status/);
    assert.match(told({ path: '/beds', answer: {} }), /answer/);
  });
});
