import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adt, oru, potassium, sodium } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

const step = (parts: object): object => ({ do: 'set', value: '', kind: 'str', when: '', ...parts });
/** The whole message, segment by segment, in one details row each. */
const shown = node('shown', 'audit log', {
  text: 'message',
  details: Array.from({ length: 6 }, (_, i) => ({
    name: `s${i}`,
    value: `$split(payload.source.text, "\\r")[${i}]`,
    kind: 'jsonata',
  })),
  finish: true,
});

describe('hl7 build', () => {
  const runtime = usePalette(async () => ({}));
  const flow = (settings: object, before: readonly object[] = []): object[] => [
    ...frame(before.length > 0 ? 'before' : 'build'),
    ...before,
    node('build', 'hl7 build', { message: 'copy', messageType: 'ADT^A31^ADT_A05', ...settings }, ['shown']),
    shown,
  ];
  const run = async (body: string, settings: object, before: readonly object[] = []): Promise<Settled> => {
    await runtime.deploy({ flow: flow(settings, before) });
    return runtime.sendAndSettle(body, ['done', 'dead', 'waiting']);
  };
  const told = async (sent: Settled): Promise<readonly (readonly string[])[]> => {
    const notes = await runtime.engine.store.audit.list({ messageId: sent.id, type: 'flow.noted' });
    return notes.map(({ details }) => [0, 1, 2, 3, 4, 5].flatMap((i) => details[`s${i}`] ?? []).map(String));
  };
  const received = async ({ id }: Settled): Promise<string> => {
    const stored = await runtime.engine.store.journal.get(id);
    return `${new Date(stored?.receivedAt ?? 0).toISOString().slice(0, 19).replace(/\D/g, '')}+0000`;
  };

  it('makes a message with its header and, in the order of the steps, its segments', async () => {
    const sent = await run(adt('A01', 'B1', 'B1'), {
      sender: 'WARDFLOW|NORTH',
      receiver: 'ARCHIVE^1.2.3^ISO',
      controlId: '"ID1"',
      steps: [
        step({ path: 'EVN-1', value: 'A31' }),
        step({ path: 'PID-3', value: 'PID-3', kind: 'hl7' }),
        step({ path: 'NK1[1]-2.1', value: 'A^B' }),
        step({ path: 'NK1[2]-2.1', value: 'payload.fields.`PID-5.2`', kind: 'jsonata' }),
      ],
    });
    assert.deepEqual(ends(sent), ['done']);
    assert.deepEqual(await told(sent), [
      [
        `MSH|^~\\&|WARDFLOW|NORTH|ARCHIVE^1.2.3^ISO||${await received(sent)}||ADT^A31^ADT_A05|ID1|P|2.5.1`,
        'EVN|A31',
        'PID|||B1^^^NORTH^MR',
        'NK1||A\\S\\B',
        'NK1||Alex',
      ],
    ]);
  });

  it('makes the same message at every delivery', async () => {
    const again = node(
      'again',
      'switch',
      {
        property: 'wardflow.attempt',
        propertyType: 'msg',
        rules: [{ t: 'eq', v: '1', vt: 'num' }, { t: 'else' }],
        checkall: 'false',
        outputs: 2,
      },
      ['later'],
      ['done'],
    );
    const settings = { message: 'copy', messageType: 'ADT^A31', steps: [step({ path: 'PID-3', value: '1' })] };
    await runtime.deploy({
      flow: [
        ...frame('build'),
        node('build', 'hl7 build', settings, ['noted']),
        node('noted', 'audit log', { text: 'payload.source.text', textKind: 'jsonata' }, ['again']),
        again,
        node('later', 'message failed', { failureClass: 'transient' }),
      ],
    });
    const sent = await runtime.sendAndSettle(adt('A01', 'B2', 'B2'), ['waiting']);
    runtime.clock.advance(3_600_000);
    await runtime.settled(sent.id);
    const notes = await runtime.engine.store.audit.list({ messageId: sent.id, type: 'flow.noted' });
    assert.equal(notes.length, 2);
    assert.equal(new Set(notes.map(({ details }) => details['text'])).size, 1);
    assert.match(String(notes[0]?.details['text']), /\|ADT\^A31\|[0-9A-F]{20}\|P\|2\.5\.1 PID\|\|\|1/);
  });

  it('gives each of several messages of one received message a control id of its own', async () => {
    const sent = await run(
      oru({ controlId: 'B3', patient: 'B3', observations: [potassium('4.1'), sodium('140')] }),
      {},
    );
    const ids = (await told(sent)).map(([header = '']) => header.split('|')[9]);
    assert.equal(new Set(ids).size, 2);
  });

  it('begins with JSON, under a header of its own', async () => {
    const json = node('before', 'hl7 json', { direction: 'to-json' }, ['build']);
    const sent = await run(
      adt('A01', 'B4', 'B4'),
      { from: 'json', json: 'payload', messageType: '', sender: 'WARDFLOW' },
      [json],
    );
    const [[header = '', ...rest] = []] = await told(sent);
    assert.deepEqual(
      rest.map((segment) => segment.slice(0, 3)),
      ['EVN', 'PID', 'PV1'],
    );
    assert.match(
      header,
      /^MSH\|\^~\\&\|WARDFLOW\|NORTH\|WARDFLOW\|NORTH\|\d{14}\+0000\|\|ADT\^A01\^ADT_A01\|[0-9A-F]{20}\|P\|2\.5\.1$/,
    );
  });

  it('is a dead letter where what it is given is no JSON of a message', async () => {
    for (const [at, json] of ['"text"', '{ "kind": "other" }', '[1, 2]', 'nowhere'].entries()) {
      const sent = await run(adt('A01', `B5${at}`, `B5${at}`), { from: 'json', json });
      assert.match(ends(sent)[0] ?? '', /^dead permanent hl7-(payload-json|bad-json)$/, json);
    }
  });

  it('states UTF-8 where it is not ASCII, and refuses what a stated set cannot carry', async () => {
    const steps = [step({ path: 'PID-5', value: 'Žofie' })];
    const wide = await run(adt('A01', 'B6', 'B6'), { steps });
    assert.match((await told(wide))[0]?.[0] ?? '', /\|2\.5\.1\|{6}UNICODE UTF-8$/);
    const narrow = await run(adt('A01', 'B7', 'B7'), { steps, charset: '8859/1' });
    assert.deepEqual(ends(narrow), ['dead permanent hl7-not-in-charset']);
  });

  it('takes the time that an expression gives, and no other text for one', async () => {
    const times = [
      ['1767600000000', '20260105080000+0000'],
      ['"2026-01-05T09:00:00+01:00"', '20260105080000+0000'],
      ['"202601"', '202601'],
    ] as const;
    for (const [at, [time, expected]] of times.entries()) {
      const sent = await run(adt('A01', `B8${at}`, `B8${at}`), { time });
      assert.equal((await told(sent))[0]?.[0]?.split('|')[6], expected);
    }
    for (const [at, time] of ['"tomorrow"', '"2026-01-05T09:00:00"', '9e15', 'true'].entries()) {
      const sent = await run(adt('A01', `B9${at}`, `B9${at}`), { time });
      assert.deepEqual(ends(sent), ['dead permanent hl7-time-wrong'], time);
    }
  });

  it('refuses to work where two of them have one name', async () => {
    await runtime.deploy({
      flow: [...flow({}), node('other', 'hl7 build', { message: 'copy', messageType: 'ADT^A31' }, ['done'])],
    });
    assert.deepEqual(ends(await runtime.sendAndSettle(adt('A01', 'B10', 'B10'))), ['dead permanent node-name-taken']);
  });
});
