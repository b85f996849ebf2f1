import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { MessageDetail } from '../../../runtime/api/contract.ts';
import { duration, countdown } from '../../../governance/web/time/duration.ts';
import { flowGraph, inColumns } from '../../../governance/web/trace/flow-graph.ts';
import { lifeLine } from '../../../governance/web/trace/life-line.ts';
import { FLOWS, seededRandom, syntheticDetail, syntheticMessage } from '../../kit/synthetic-messages.ts';

const NOW = Date.UTC(2026, 0, 5, 8);
const detailOf = (state: 'dead' | 'done', seq = 30): MessageDetail => {
  let message = syntheticMessage(seq, NOW, state, seededRandom(1));
  for (let seed = 2; message.definitions[0] !== 'critical-lab-result'; seed++)
    message = syntheticMessage(seq, NOW, state, seededRandom(seed));
  return syntheticDetail(message, []);
};
const flow = FLOWS['critical-lab-result'] ?? [];

describe('the way a message took', () => {
  it('is marked on nodes and wires, with the node that failed', () => {
    const graph = flowGraph(flow, detailOf('dead').work);
    const states = new Map(graph.nodes.map((node) => [node.id, node.state]));
    assert.equal(states.get('lab-rules'), 'passed');
    assert.equal(states.get('lab-task'), 'failed');
    assert.equal(states.get('lab-timer'), 'untouched');
    const taken = graph.wires.filter((wire) => wire.count > 0).map((wire) => `${wire.from} ${wire.to}`);
    assert.deepEqual(taken, ['lab-in lab-gate', 'lab-gate lab-rules', 'lab-rules lab-switch', 'lab-switch lab-task']);
  });

  it('marks every node that failed, not only the one that decided', () => {
    const [item] = detailOf('dead').work;
    const attempt = item?.attempts.at(-1);
    const last = attempt?.steps.at(-1);
    assert.ok(item && attempt && last);
    const second = { id: 'lab-timer', type: 'escalation timer', name: '' };
    const failed = {
      ...last,
      branch: '9',
      node: second,
      outcome: 'failed' as const,
      to: [{ node: 'lab-notice', port: null }],
    };
    const both = { ...item, attempts: [{ ...attempt, steps: [...attempt.steps, failed] }] };
    const states = new Map(flowGraph(flow, [both]).nodes.map((node) => [node.id, node.state]));
    assert.deepEqual([states.get('lab-task'), states.get('lab-timer')], ['failed', 'failed']);
  });

  it('has no failed node once the message is done', () => {
    const graph = flowGraph(flow, detailOf('done').work);
    assert.ok(graph.nodes.some((node) => node.state === 'passed'));
    assert.ok(graph.nodes.every((node) => node.state !== 'failed'));
  });

  it('has every node failed whose error went to a catch, though the message went on from there', () => {
    const node = (id: string, type: string, wires: readonly string[] = []) => ({
      id,
      type,
      x: 1,
      y: 1,
      wires: [wires],
    });
    const step = (id: string, type: string, to: readonly string[]) => ({
      branch: id,
      parent: null,
      node: { id, type, name: id },
      at: NOW,
      ms: 1,
      outcome: 'passed' as const,
      to: to.map((node) => ({ node, port: null })),
    });
    const steps = [
      step('start', 'change', ['one', 'two']),
      step('one', 'fhir write', ['caught']),
      step('two', 'fhir write', ['caught']),
      step('caught', 'catch', ['end']),
    ];
    const [work] = detailOf('done').work;
    const [attempt] = work?.attempts ?? [];
    assert.ok(work && attempt);
    const graph = flowGraph(
      [
        node('start', 'change', ['one', 'two']),
        node('one', 'fhir write'),
        node('two', 'fhir write'),
        node('caught', 'catch'),
      ],
      [{ ...work, attempts: [{ ...attempt, steps }] }],
    );
    assert.deepEqual(
      graph.nodes.map(({ id, state }) => `${id} ${state}`),
      ['start passed', 'one failed', 'two failed', 'caught passed'],
    );
  });

  it('is the output it left by, where several lead to one node', () => {
    const both = { id: 'switch', type: 'switch', x: 1, y: 1, wires: [['end'], ['end']] };
    const [work] = detailOf('done').work;
    const [attempt] = work?.attempts ?? [];
    assert.ok(work && attempt);
    const taken = (port: number | null): readonly number[] => {
      const step = {
        branch: '1',
        parent: null,
        node: { id: 'switch', type: 'switch', name: '' },
        at: NOW,
        ms: 1,
        outcome: 'passed' as const,
        to: [{ node: 'end', port }],
      };
      const graph = flowGraph(
        [both, { id: 'end', type: 'message done', x: 2, y: 1, wires: [] }],
        [{ ...work, attempts: [{ ...attempt, steps: [step] }] }],
      );
      return graph.wires.filter(({ count }) => count > 0).map(({ output }) => output);
    };
    assert.deepEqual(taken(1), [1]);
    assert.deepEqual(taken(null), [0, 1], 'a trace of an earlier version does not know');
  });

  it('is drawn without the empty bands that the author left for notes', () => {
    const apart = [0, 60, 400, 1000].map((y, index) => ({ id: `n${index}`, type: 'change', x: 10, y, wires: [] }));
    const { nodes } = inColumns(flowGraph(apart, []), 172, 38);
    assert.deepEqual(
      nodes.map(({ y }) => y),
      [0, 60, 132, 204],
    );
  });

  it('is drawn without overlaps, in the order of the editor', () => {
    const graph = inColumns(flowGraph(flow, []), 172, 38);
    assert.equal(graph.nodes.length, 13);
    for (const a of graph.nodes)
      for (const b of graph.nodes)
        if (a.id < b.id) assert.ok(Math.abs(a.x - b.x) >= 172 || Math.abs(a.y - b.y) >= 38, `${a.id} over ${b.id}`);
    const x = (id: string): number => graph.nodes.find((node) => node.id === id)?.x ?? NaN;
    assert.ok(x('lab-in') < x('lab-gate') && x('lab-gate') < x('lab-rules') && x('lab-timer') < x('lab-notice'));
  });
});

describe('the life line', () => {
  it('tells attempts, waits and the end in order of time', () => {
    const events = lifeLine(detailOf('dead'));
    assert.deepEqual(
      events.map((event) => event.what),
      [
        'Received and on disk',
        'Answered AA',
        'Taken up',
        'Did not succeed',
        'Tried again (attempt 2)',
        'Did not succeed',
        'Tried again (attempt 3)',
        'Failed',
      ],
    );
    assert.equal(events[4]?.gap, 'waiting for the retry');
    assert.equal(events[4]?.after, 3960);
  });
});

describe('durations', () => {
  it('are said as people say them', () => {
    assert.deepEqual([38, 4200, 59_999, 3 * 60_000, 7_500_000, 90_000_000].map(duration), [
      '38 ms',
      '4.2 s',
      '59 s',
      '3 min',
      '2 h 05 min',
      '1 d 1 h',
    ]);
    assert.deepEqual([42_000, 725_000, 3_725_000, -5].map(countdown), ['00:42', '12:05', '1:02:05', '00:00']);
  });
});
