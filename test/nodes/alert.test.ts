import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { alertPolicy } from '../kit/checked-definition.ts';
import { eventually } from '../kit/eventually.ts';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

const policy = alertPolicy({
  tiers: [{ name: 'page', when: 'event.name = "patient.discharged"', to: { role: 'doctor' }, channels: ['console'] }],
  groupBy: ['"one"'],
  resolveOn: '$not(event.name = "patient.discharged")',
});
const page = (more: object = {}): object =>
  node('page', 'alert', { alert: 'pages', policy: 'pages', title: 'Call', ...more }, ['told'], ['held'], ['over']);
const noted = (id: string): object => node(id, 'audit log', { text: id, finish: true });

describe('alert', () => {
  const runtime = usePalette(async () => ({}));
  const deploy = (more: object = {}): Promise<unknown> =>
    runtime.deploy({ alerts: [policy], flow: [...frame('page'), page(more), ...['told', 'held', 'over'].map(noted)] });
  const went = async ({ id }: Settled): Promise<unknown[]> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' })).map(
      ({ details }) => details['text'],
    );
  const tried = async () => (await runtime.engine.store.alerts.list({})).at(-1);

  it('tells once, holds back with the reason kept, and ends what it began', async () => {
    await deploy();
    const first = await runtime.sendAndSettle(adt('A03', 'AL1', 'P1'));
    await eventually('it is told', async () => (await tried())?.deliveries.length === 1);
    const second = await runtime.sendAndSettle(adt('A03', 'AL2', 'P2'));
    const over = await runtime.sendAndSettle(adt('A01', 'AL3', 'P3'));
    assert.deepEqual([await went(first), await went(second), await went(over)], [['told'], ['held'], ['over']]);
    const [one, ...more] = await runtime.engine.store.alerts.list({});
    assert.equal(more.length, 0);
    assert.deepEqual([one?.state, one?.count, one?.title, one?.messageId], ['resolved', 2, 'Call', first.id]);
    const [held] = await runtime.engine.store.alerts.heldBackList({});
    assert.deepEqual([held?.because, held?.by, held?.messageId], ['joined', one?.id, second.id]);
    await eventually('the end is told', async () => (await tried())?.deliveries.length === 2);
    const notices = await runtime.engine.store.audit.list({ type: 'notice.shown', order: 'oldest-first' });
    assert.deepEqual(
      notices.map(({ details }) => [details['to'], details['text']]),
      [
        ['doctor', 'Call'],
        ['doctor', 'Over: Call'],
      ],
    );
  });

  it('is done with the message where it says so, and refuses a policy that is not there', async () => {
    await deploy({ finish: true });
    const sent = await runtime.sendAndSettle(adt('A08', 'AL4', 'P4'));
    assert.deepEqual(ends(sent), ['done']);
    await assert.rejects(deploy({ policy: 'other' }), /names the alert policy "other"/);
  });
});
