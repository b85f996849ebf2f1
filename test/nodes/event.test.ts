import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'mocha';
import { EVENT_CATALOGUE } from '../../engine/index.ts';
import { event, eventOutputs, type EventProperties } from '../../nodes/event/config.ts';
import { routeOf } from '../../nodes/event/route.ts';
import { problemsOf, withDefaults } from '../../nodes/kit/properties.ts';
import { adt, oru, potassium } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';

const note = (id: string): object => node(id, 'audit log', { text: id, textKind: 'str' }, ['done']);

describe('event', () => {
  const runtime = usePalette(async () => ({}));
  const ways = async (body: string): Promise<readonly string[]> => {
    const sent = await runtime.sendAndSettle(body);
    assert.deepEqual(ends(sent), ['done']);
    const noted = await runtime.engine.store.audit.list({ messageId: sent.id, type: 'flow.noted' });
    return noted.map(({ details }) => String(details['text'])).toSorted();
  };
  const deploy = (settings: object, ...to: readonly (readonly string[])[]) =>
    runtime.deploy({
      flow: [
        ...frame('event', { events: 'all' }),
        node('event', 'event', settings, ...to),
        ...[...new Set(to.flat())].map(note),
      ],
    });

  it('gives each name a way, the first that fits, and everything else the last', async () => {
    await deploy({ routes: ['lab.result.critical', 'lab.result.*'] }, ['critical'], ['result'], ['rest']);
    assert.deepEqual(await ways(oru({ controlId: 'R1', patient: 'P1', observations: [potassium('6.9', 'HH')] })), [
      'critical',
      'result',
    ]);
    assert.deepEqual(await ways(adt('A03', 'R2', 'P1')), ['rest']);
  });

  it('lets every event go on where none is named, and no message without one', async () => {
    await deploy({}, ['on'], ['rest']);
    assert.deepEqual(await ways(adt('A03', 'R3', 'P1')), ['on']);
    await runtime.deploy({
      flow: [
        ...frame('event', { events: 'none' }),
        node('event', 'event', {}, ['on'], ['rest']),
        note('on'),
        note('rest'),
      ],
    });
    assert.deepEqual(await ways(adt('A03', 'R4', 'P1')), ['rest']);
  });

  it('keeps late ones apart', async () => {
    await deploy({ routes: ['patient.transferred'], late: 'on-time' }, ['moved'], ['rest']);
    assert.deepEqual(await ways(adt('A02', 'R5', 'P7', '5E', '202601050300+0000')), ['moved']);
    assert.deepEqual(await ways(adt('A02', 'R6', 'P7', '6N', '202601050200+0000')), ['rest']);
  });
});

type Over = Partial<EventProperties>;

describe('the way of an event', () => {
  const settings = { routes: ['patient.*'], classes: [], units: [], mode: 'any', late: 'any' } as const;
  const admitted = { name: 'patient.admitted', mode: 'live', data: { visit: { class: 'I', unit: '4W' } } };
  const way = (over: Over, one: unknown = admitted): number => routeOf(one, { ...settings, ...over }).output;

  it('is by class, unit and mode as well', () => {
    assert.deepEqual([way({ classes: ['I', 'E'] }), way({ classes: ['O'] })], [0, 1]);
    assert.deepEqual([way({ units: ['4w'] }), way({ units: ['5E'] })], [0, 1]);
    assert.deepEqual([way({ mode: 'live' }), way({ mode: 'replay' })], [0, 1]);
    assert.deepEqual([way({ late: 'late' }), way({ late: 'late' }, { ...admitted, late: true })], [1, 0]);
  });

  it('is the last for what lacks what is asked for', () => {
    for (const one of [null, 'x', {}, { name: 1 }, { name: 'patient.admitted', data: null }])
      assert.equal(way({ classes: ['I'] }, one), 1);
    assert.equal(way({}, { name: 'patients.admitted' }), 1, 'a family is whole');
  });

  it('tells settings and never what the message says', () => {
    const stopping: readonly Over[] = [
      { classes: ['O'] },
      { units: ['5E'] },
      { mode: 'replay' },
      { late: 'late' },
      { routes: ['x'] },
    ];
    for (const over of stopping)
      assert.doesNotMatch(routeOf(admitted, { ...settings, ...over }).why, /4W|admitted|\bI\b/);
  });

  it('has as many outputs as names, and one', () => {
    assert.deepEqual(
      [eventOutputs({ routes: [] }), eventOutputs({ routes: ['a'] }), eventOutputs({ routes: ['a', 'b'] })],
      [2, 2, 3],
    );
  });

  it('takes only names that can be names', () => {
    const wrong = (routes: readonly string[]): number => problemsOf(event, withDefaults(event, { routes })).length;
    assert.deepEqual(
      ['patient.admitted', 'lab.result.*', 'encounter.class-changed'].map((one) => wrong([one])),
      [0, 0, 0],
    );
    assert.deepEqual(
      ['*', 'Patient.admitted', 'a b', 'a..b', '.*', ''].map((one) => wrong([one])),
      [1, 1, 1, 1, 1, 1],
    );
    assert.equal(wrong(Array.from({ length: 21 }, () => 'a')), 1);
  });
});

describe('the form of event', () => {
  it('offers every event of the catalogue with what it means', () => {
    const html = readFileSync(resolve(import.meta.dirname, '../../nodes/event/editor.html'), 'utf8');
    const offered = [...html.matchAll(/<option value="([a-z.-]+\.[a-z.-]+)">([^<]*)<\/option>/g)].map(
      ([, name, says]) => [name, says?.replaceAll(/\s+/g, ' ').trim()],
    );
    assert.deepEqual(
      offered,
      Object.entries(EVENT_CATALOGUE).map(([name, { says }]) => [name, says]),
    );
    assert.ok(offered.length > 40);
  });
});
