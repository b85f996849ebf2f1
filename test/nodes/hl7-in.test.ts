import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';
import { adt, oru, potassium } from '../kit/hl7-messages.ts';

const note = (text: string): object => node('note', 'audit log', { text, textKind: 'jsonata' }, ['done']);

describe('hl7 in', () => {
  const runtime = usePalette(async () => ({}));
  const notes = async (messageId: string): Promise<unknown[]> =>
    (await runtime.engine.store.audit.list({ messageId, type: 'flow.noted' }))
      .map(({ details }) => String(details['text']))
      .toSorted();

  it('sends one message for each clinical event and is done when all have ended', async () => {
    await runtime.deploy({ flow: [...frame('note'), note('event.name & " " & topic & " " & payload.controlId')] });
    const sent = await runtime.sendAndSettle(
      oru({ controlId: 'A1', patient: 'P1', observations: [potassium('4.1'), potassium('6.9', 'HH')] }),
    );
    assert.deepEqual(ends(sent), ['done']);
    assert.deepEqual(await notes(sent.id), [
      'lab.result.critical lab.result.critical A1',
      'lab.result.final lab.result.final A1',
      'lab.result.final lab.result.final A1',
    ]);
  });

  it('sends one message with a null event where the type has none', async () => {
    await runtime.deploy({ flow: [...frame('note'), note('topic & " " & $string(event = null)')] });
    const sent = await runtime.sendAndSettle(adt('A08', 'A2', 'P1'));
    assert.deepEqual(await notes(sent.id), ['ADT^A08 true']);
  });

  it('gives each message a payload of its own, so that a change in one is not seen in another', async () => {
    const edit = node(
      'edit',
      'function',
      {
        func: 'const seen = msg.payload.get("PID-8"); msg.payload.set("PID-8", "X"); msg.seen = seen; return msg;',
        outputs: 1,
      },
      ['note'],
    );
    await runtime.deploy({ flow: [...frame('edit'), edit, note('seen')] });
    const sent = await runtime.sendAndSettle(
      oru({ controlId: 'A3', patient: 'P1', observations: [potassium('4.1'), potassium('4.2')] }),
    );
    assert.deepEqual(await notes(sent.id), ['U', 'U']);
  });

  it('takes only the types and senders it names', async () => {
    await runtime.deploy({ flow: [...frame('note', { types: ['ADT^A03'], senders: ['ADT|NORTH'] }), note('topic')] });
    const other = await runtime.send(oru({ controlId: 'A4', patient: 'P1', observations: [potassium('4')] }));
    const mine = await runtime.sendAndSettle(adt('A03', 'A5', 'P1'));
    assert.equal((await runtime.engine.store.journal.get(other))?.state, 'unrouted');
    assert.deepEqual(ends(mine), ['done']);
  });

  it('refuses a subscription name that another source of the flow has', async () => {
    await runtime.deploy({
      flow: [
        ...frame('note'),
        note('topic'),
        node('twin', 'hl7 in', { subscription: 'results', feed: 'c-feed' }, ['note']),
      ],
    });
    const red = runtime.statuses.filter(({ text }) => text === 'node-name-taken').map(({ id }) => id);
    assert.deepEqual(red.toSorted(), ['in', 'twin']);
  });

  it('is red and takes nothing when it names no feed, and the message is kept as unrouted', async () => {
    await runtime.deploy({
      flow: [
        ...frame('note'),
        note('topic'),
        node('bad', 'hl7 in', { subscription: 'Not A Name', feed: '' }, ['done']),
      ],
    });
    const status = runtime.statuses.find(({ id }) => id === 'bad');
    assert.deepEqual([status?.fill, status?.text], ['red', 'node-settings-wrong']);
  });
});
