import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ConsoleNotice } from '../../engine/index.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';
import { adt } from '../kit/hl7-messages.ts';

describe('console notice and audit log', () => {
  const runtime = usePalette(async () => ({}));
  const run = async (
    controlId: string,
    flow: readonly object[],
    states?: readonly ('done' | 'dead' | 'waiting')[],
  ): Promise<Settled> => {
    await runtime.deploy({ flow: [...frame('first'), ...flow] });
    return runtime.sendAndSettle(adt('A03', controlId, controlId), states);
  };

  it('tells the console once, also when the message is delivered again', async () => {
    const told: ConsoleNotice[] = [];
    const stop = runtime.engine.live.subscribe((change) => {
      if (change.kind === 'notice') told.push(change.notice);
    });
    const first = node(
      'first',
      'console notice',
      { effect: 'tell', to: 'charge nurse', text: '"A discharge: " & event.name', textKind: 'jsonata' },
      ['next'],
    );
    const sent = await run('N1', [first, node('next', 'message failed', { failureClass: 'transient' })], ['waiting']);
    await runtime.deploy({ flow: [...frame('first'), first, node('next', 'message done')] });
    runtime.clock.advance(3_600_000);
    assert.deepEqual(ends({ ...sent, work: await runtime.settled(sent.id) }), ['done']);
    stop();
    assert.deepEqual(
      told.map(({ to, text, lane }) => [to, text, lane]),
      [['charge nurse', 'A discharge: patient.discharged', 'routine']],
    );
  });

  it('notes a sentence with details, one short line each, and nothing of objects', async () => {
    const details = [
      { name: 'unit', value: 'event.data.visit.unit', kind: 'msg' },
      { name: 'count', value: '3', kind: 'jsonata' },
      { name: 'person', value: 'event.data.patient', kind: 'msg' },
      { name: 'gone', value: 'nothing', kind: 'msg' },
    ];
    const sent = await run('N2', [
      node('first', 'audit log', {
        text: `"line\\nfeed " & $pad("", 200, "x")`,
        textKind: 'jsonata',
        details,
        finish: true,
      }),
    ]);
    const [entry] = await runtime.engine.store.audit.list({ messageId: sent.id, type: 'flow.noted' });
    const { text, ...rest } = entry?.details ?? {};
    assert.match(String(text), /^line feed x{109}…$/);
    assert.deepEqual(rest, { unit: '4W', count: 3, person: '…' });
    assert.deepEqual([entry?.actor, entry?.definition], ['flow:lab', 'lab']);
  });

  it('refuses an effect name that another node of the flow has: the second would be taken for a repeat', async () => {
    const tell = (id: string): object => node(id, 'console notice', { effect: 'tell', to: 'x', text: 'y' }, ['done']);
    const sent = await run('N5', [tell('first'), tell('other')]);
    assert.deepEqual(ends(sent), ['dead permanent node-name-taken']);
    assert.equal(sent.work[0]?.failure?.text, 'Two nodes of this flow use the name "tell".');
  });

  it('says in the trail that it is a redelivery', async () => {
    const first = node('first', 'audit log', { text: 'seen' }, ['next']);
    const sent = await run('N3', [first, node('next', 'message failed', { failureClass: 'transient' })], ['waiting']);
    await runtime.deploy({ flow: [...frame('first'), first, node('next', 'message done')] });
    runtime.clock.advance(3_600_000);
    await runtime.settled(sent.id);
    const trail = await runtime.engine.store.audit.list({
      messageId: sent.id,
      type: 'flow.noted',
      order: 'oldest-first',
    });
    assert.deepEqual(
      trail.map(({ details }) => details['attempt']),
      [undefined, 2],
    );
  });

  it('makes a dead letter of an empty sentence instead of noting nothing', async () => {
    const sent = await run('N4', [
      node('first', 'audit log', { text: 'nothing.here', textKind: 'jsonata', finish: true }),
    ]);
    assert.deepEqual(ends(sent), ['dead permanent expression-empty']);
  });
});
