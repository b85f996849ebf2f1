import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { eventually } from '../kit/eventually.ts';
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

  it('says of each event which message told it, and in which order', async () => {
    await runtime.deploy({
      flow: [...frame('note'), note('event.sequence & " " & event.causationid & " " & event.traceparent')],
    });
    const told = async (controlId: string): Promise<readonly string[]> => {
      const sent = await runtime.sendAndSettle(oru({ controlId, patient: 'P1', observations: [potassium('4.1')] }));
      const [text] = await notes(sent.id);
      const [sequence = '', causation, traceparent] = String(text).split(' ');
      assert.match(sequence, /^\d{16}$/);
      assert.equal(causation, sent.id);
      assert.match(traceparent ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      return [sequence];
    };
    const [first = ''] = await told('S1');
    const [second = ''] = await told('S2');
    assert.ok(first < second, `${first} before ${second}`);
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

  it('sends every event of the catalogue where it is to, compared with what was known before', async () => {
    const told = async (sent: { readonly id: string }): Promise<unknown[]> => notes(sent.id);
    await runtime.deploy({
      flow: [...frame('note', { events: 'all' }), note('event.name & " " & $string(event.late ? event.late : false)')],
    });
    const at = (hour: string): string => `202601050${hour}0000+0000`;
    const admitted = await runtime.sendAndSettle(adt('A01', 'E1', 'P9', '4W', at('1')));
    assert.deepEqual(await told(admitted), ['patient.admitted false', 'patient.registered false']);
    const updated = await runtime.sendAndSettle(adt('A08', 'E2', 'P9', '5E', at('3')));
    assert.deepEqual(await told(updated), ['patient.transferred false']);
    const late = await runtime.sendAndSettle(adt('A02', 'E3', 'P9', '6N', at('2')));
    assert.deepEqual(await told(late), ['patient.transferred true']);
    const results = oru({ controlId: 'E4', patient: 'P9', observations: [potassium('6.9', 'HH')] });
    assert.deepEqual(await told(await runtime.sendAndSettle(results)), [
      'lab.result.critical false',
      'lab.result.final false',
    ]);
  });

  it('derives the same events for a second definition and a redelivery', async () => {
    const told = (sent: { readonly id: string }) => notes(sent.id);
    const fails = node('fails', 'function', { func: 'throw new Error("once")', outputs: 1 }, ['done']);
    await runtime.deploy({ flow: [...frame('fails', { events: 'all' }), fails] });
    const sent = await runtime.sendAndSettle(adt('A01', 'E5', 'P10'), ['dead']);
    await runtime.deploy({ flow: [...frame('note', { events: 'all' }), note('event.name')] });
    const audit = { at: runtime.clock.now(), type: 'work.redriven', actor: 'user:ana', details: {} };
    await runtime.engine.store.work.redrive(sent.work[0]?.id ?? '', runtime.clock.now(), audit);
    runtime.engine.dispatcher.wake();
    await eventually('it is done', async () => {
      runtime.catchUp();
      return (await runtime.engine.store.journal.get(sent.id))?.state === 'done';
    });
    assert.deepEqual(await told(sent), ['patient.admitted', 'patient.registered']);
  });

  it('sends each message once where no events are asked for', async () => {
    await runtime.deploy({ flow: [...frame('note', { events: 'none' }), note('topic & $string(event = null)')] });
    const results = oru({ controlId: 'E6', patient: 'P9', observations: [potassium('4.1'), potassium('4.2')] });
    assert.deepEqual(await notes((await runtime.sendAndSettle(results)).id), ['ORU^R01true']);
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
