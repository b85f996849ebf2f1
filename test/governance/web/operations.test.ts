import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FigureSeries, MinuteFigures, QueueFigures } from '../../../runtime/api/contract.ts';
import {
  backlogs,
  depthByLane,
  everyMinute,
  percent,
  retryRate,
  total,
} from '../../../governance/web/operations/figures.ts';
import { effectOf, MODES, phaseOf } from '../../../governance/web/operations/switch-words.ts';
import { windowOf, type WindowFields } from '../../../governance/web/operations/window-fields.ts';
import { returnAddress } from '../../../governance/web/session/return-address.ts';

const T0 = Date.UTC(2026, 0, 5, 8);
const MINUTE = 60_000;
const minute = (at: number, more: Partial<MinuteFigures> = {}): MinuteFigures => ({
  at,
  received: 0,
  settled: 0,
  retried: 0,
  died: 0,
  ...more,
});

describe('figures by the minute', () => {
  it('have a zero for a minute without anything, and end with the one that still runs', () => {
    const series: FigureSeries = {
      asOf: T0 + 3 * MINUTE + 20_000,
      since: T0,
      until: T0 + 4 * MINUTE,
      minutes: [minute(T0 + MINUTE, { received: 5 }), minute(T0 + 3 * MINUTE, { received: 1 })],
    };
    assert.deepEqual(
      everyMinute(series).map((one) => one.received),
      [0, 5, 0, 1],
    );
  });

  it('give the sum and the share of attempts that were retried', () => {
    const minutes = [minute(0, { received: 3, settled: 6, retried: 3 }), minute(MINUTE, { received: 2, died: 1 })];
    assert.equal(total(minutes, 'received'), 5);
    assert.equal(retryRate(minutes), 0.3);
    assert.equal(retryRate([minute(0, { received: 9 })]), null);
    assert.deepEqual([percent(0), percent(0.004), percent(0.3)], ['0 %', 'under 1 %', '30 %']);
  });
});

describe('the queue', () => {
  const queue: QueueFigures = {
    asOf: T0,
    lanes: [
      { lane: 'bulk', state: 'waiting', count: 7 },
      { lane: 'bulk', state: 'dead', count: 2 },
    ],
    subscriptions: [
      { subscription: 'b/in', state: 'dead', count: 2, oldest: T0 - 900_000 },
      { subscription: 'a/in', state: 'waiting', count: 7, oldest: T0 - 1000 },
      { subscription: 'a/in', state: 'claimed', count: 1, oldest: T0 - 5000 },
      { subscription: 'c/in', state: 'waiting', count: 1, oldest: T0 - 9000 },
    ],
  };

  it('shows every lane, the empty ones too', () => {
    const lanes = depthByLane(queue);
    assert.deepEqual(
      lanes.map((one) => one.lane),
      ['stat', 'urgent', 'routine', 'bulk'],
    );
    assert.deepEqual(lanes[3]?.depth, { waiting: 7, claimed: 0, parked: 0, dead: 2 });
  });

  it('names the subscription first that waits longest; the dead do not wait', () => {
    assert.deepEqual(
      backlogs(queue).map((one) => [one.subscription, one.oldest]),
      [
        ['c/in', T0 - 9000],
        ['a/in', T0 - 5000],
        ['b/in', null],
      ],
    );
  });
});

describe('a pause', () => {
  it('is to come, in force and over at its times', () => {
    const one = { from: T0, until: T0 + MINUTE };
    assert.deepEqual(
      [T0 - 1, T0, T0 + MINUTE - 1, T0 + MINUTE].map((now) => phaseOf(one, now)),
      ['to-come', 'in-force', 'in-force', 'over'],
    );
    assert.equal(phaseOf({ from: T0, until: null }, T0 + 1e12), 'in-force');
  });

  it('says what happens meanwhile for all that can be chosen', () => {
    const said = Object.entries(MODES).flatMap(([kind, modes]) =>
      modes.map((mode) => effectOf(kind as keyof typeof MODES, mode)),
    );
    assert.equal(said.length, 6);
    assert.equal(new Set(said).size, 6);
  });

  it('has a window that lies in the future and ends after it begins', () => {
    const fields = (more: Partial<WindowFields>): WindowFields => ({
      start: 'now',
      from: '',
      end: 'open',
      until: '',
      ...more,
    });
    const local = (at: number): string => {
      const date = new Date(at - new Date(at).getTimezoneOffset() * MINUTE);
      return date.toISOString().slice(0, 16);
    };
    assert.deepEqual(windowOf(fields({}), T0), {});
    assert.deepEqual(windowOf(fields({ end: '1h' }), T0), { until: T0 + 3_600_000 });
    assert.deepEqual(windowOf(fields({ start: 'later', from: local(T0 + MINUTE), end: '15m' }), T0), {
      from: T0 + MINUTE,
      until: T0 + 16 * MINUTE,
    });
    assert.deepEqual(windowOf(fields({ start: 'later' }), T0), { problem: '' });
    assert.match(JSON.stringify(windowOf(fields({ start: 'later', from: local(T0 - MINUTE) }), T0)), /past/);
    assert.match(JSON.stringify(windowOf(fields({ end: 'at', until: local(T0 - MINUTE) }), T0)), /before it begins/);
  });
});

describe('the way back after a login', () => {
  const here = 'http://localhost:4000/login?return=x';
  const editors = ['http://127.0.0.1:1880'];
  const back = (wanted: string | null): string | null => returnAddress(wanted, here, editors);

  it('leads to the editor under the host name of this page, and to pages of the console', () => {
    assert.equal(back('http://localhost:1880/'), 'http://localhost:1880/');
    assert.equal(back('http://localhost:1880/#flow/tab'), 'http://localhost:1880/#flow/tab');
    assert.equal(back('/messages?tab=needs-you'), '/messages?tab=needs-you');
  });

  it('leads nowhere else', () => {
    for (const wanted of [
      null,
      'http://evil.example/',
      'http://evil.example:1880/',
      'http://127.0.0.1:1880/',
      'http://localhost:1881/',
      'https://localhost:1880/',
      '//evil.example/',
      '/\\evil.example/',
      'http:\\\\evil.example',
      'http://localhost:1880@evil.example/',
      'http://user:pw@localhost:1880/',
      'javascript:alert(1)',
      'data:text/html,x',
      '/\tx',
      `/${'x'.repeat(3000)}`,
      'messages',
    ])
      assert.equal(back(wanted), null, String(wanted));
  });
});
