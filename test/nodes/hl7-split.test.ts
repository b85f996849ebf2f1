import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adt, oru, potassium, sodium } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';
import { partsOf } from '../../nodes/hl7-split/parts.ts';

const BHS = 'BHS|^~\\&|LAB|NORTH|WARDFLOW|NORTH|20260105||||B77\r';
const lab = (id: string): string =>
  oru({ controlId: id, patient: id, observations: [potassium('4.1'), sodium('140')] });
const batch = (messages: readonly string[], stated: string | number = messages.length): string =>
  `${BHS}${messages.join('')}BTS|${stated}\r`;
const shown = node('shown', 'audit log', {
  text: '$join([$string(part.index), $string(part.count), part.controlId, part.batch, payload.fields.`PID-3`, event.data.code, part.problem.code][$ != null], " ")',
  textKind: 'jsonata',
  finish: true,
});

describe('hl7 split', () => {
  const runtime = usePalette(async () => ({}));
  const quarantine = (next: string): object =>
    node('quarantine', 'quarantine in', { source: 'batches', feed: 'c-feed', capacity: 4 }, [next]);
  const deploy = async (settings: object, more: readonly object[] = [], to = 'shown'): Promise<void> => {
    await runtime.deploy({
      flow: [
        ...frame('done'),
        quarantine('split'),
        node('split', 'hl7 split', settings, [to], ['shown']),
        shown,
        ...more,
      ],
    });
  };
  const told = async ({ id }: Settled): Promise<readonly string[]> => {
    const notes = await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' });
    return notes.map(({ details }) => String(details['text'])).toSorted();
  };

  it('sends each message of a batch that a feed could not take, on a branch of its own', async () => {
    await deploy({ events: 'none' });
    const sent = await runtime.sendAndSettle(batch([adt('A01', 'S1', 'P1'), adt('A01', 'S2', 'P2')]));
    assert.deepEqual(ends(sent), ['done']);
    assert.deepEqual(await told(sent), ['1 2 S1 B77 P1', '2 2 S2 B77 P2']);
    const notes = sent.work[0]?.attempts.flatMap(({ steps }) => steps.flatMap(({ note }) => note ?? []));
    assert.equal(notes?.[0], 'Split into 2 parts.');
  });

  it('sends one message for each clinical event, as hl7 in does', async () => {
    await deploy({ events: 'each' });
    const sent = await runtime.sendAndSettle(batch([lab('S3'), adt('A01', 'S4', 'S4')]));
    assert.deepEqual(await told(sent), ['1 2 S3 B77 S3 2823-3', '1 2 S3 B77 S3 2951-2', '2 2 S4 B77 S4']);
  });

  it('sends what cannot be read to the second output, and the rest on', async () => {
    await deploy({ events: 'none' });
    const sent = await runtime.sendAndSettle(batch([adt('A01', 'S5', 'S5'), 'MSH\r', adt('A01', 'S6', 'S6')]));
    assert.deepEqual(ends(sent), ['done']);
    assert.deepEqual(await told(sent), ['1 3 S5 B77 S5', '2 3 B77 hl7-bad-delimiters', '3 3 S6 B77 S6']);
  });

  it('refuses a batch whose trailer states another number, or goes on and says so', async () => {
    const wrong = batch([adt('A01', 'S7', 'S7')], 2);
    await deploy({ events: 'none', countDiffers: 'fail' });
    const refused = await runtime.sendAndSettle(wrong);
    assert.deepEqual(ends(refused), ['dead permanent hl7-batch-count']);
    assert.match(refused.work[0]?.failure?.text ?? '', /states 2 messages and holds 1/);
    await deploy({ events: 'none', countDiffers: 'go-on' });
    const sent = await runtime.sendAndSettle(wrong.replaceAll('S7', 'S8'));
    assert.deepEqual(await told(sent), ['1 1 S8 B77 S8']);
    const notes = sent.work[0]?.attempts.flatMap(({ steps }) => steps.flatMap(({ note }) => note ?? []));
    assert.equal(notes?.[0], 'Split into 1 parts; states 2 messages, holds 1.');
  });

  it('ends well with a batch without messages', async () => {
    await deploy({});
    assert.deepEqual(ends(await runtime.sendAndSettle(batch([]))), ['done']);
  });

  it('refuses a batch of more messages than it takes', async () => {
    await deploy({ most: 2 });
    const sent = await runtime.sendAndSettle(batch(['S9', 'S10', 'S11'].map((id) => adt('A01', id, id))));
    assert.deepEqual(ends(sent), ['dead permanent hl7-too-many-parts']);
  });

  it('takes text that a flow has put into the payload', async () => {
    await runtime.deploy({
      flow: [
        ...frame('text'),
        node(
          'text',
          'function',
          { func: `msg.payload = ${JSON.stringify(batch([adt('A01', 'S12', 'S12')]))}; return msg;`, outputs: 1 },
          ['split'],
        ),
        node('split', 'hl7 split', { events: 'none' }, ['shown'], ['shown']),
        shown,
      ],
    });
    const sent = await runtime.sendAndSettle(adt('A01', 'S13', 'S13'));
    assert.deepEqual(await told(sent), ['1 1 S12 B77 S12']);
  });

  it('has each part go on as work of its own, with its own message, in the order of its patient', async () => {
    await deploy(
      { events: 'none' },
      [
        node('out', 'queue out', { queue: 'parts' }),
        node('queue', 'queue in', { queue: 'parts' }, ['key']),
        node('key', 'audit log', { text: 'wardflow.orderingKey', textKind: 'jsonata' }, ['shown']),
      ],
      'out',
    );
    const messages = [adt('A01', 'S14', 'S14'), adt('A02', 'S15', 'S15'), adt('A03', 'S16', 'S14')];
    const id = await runtime.send(batch(messages));
    const work = await runtime.settled(id);
    const children = work.filter(({ parentWorkId }) => parentWorkId !== null);
    assert.deepEqual(
      [work.length, children.length, new Set(work.map(({ state }) => state))],
      [4, 3, new Set(['done'])],
    );
    const notes = await told({ id, work });
    const isKey = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
    const keys = notes.filter(isKey);
    assert.deepEqual(
      notes.filter((text) => !isKey(text)),
      ['1 3 S14 B77 S14', '2 3 S15 B77 S15', '3 3 S16 B77 S14'],
    );
    assert.deepEqual([keys.length, new Set(keys).size], [3, 2]);
  });

  it('lets nodes that act tell the parts apart by themselves', async () => {
    const tell = node('tell', 'console notice', {
      effect: 'tell',
      to: 'desk',
      toKind: 'str',
      text: 'A part',
      textKind: 'str',
      finish: true,
    });
    await deploy({ events: 'none' }, [tell], 'tell');
    const sent = await runtime.sendAndSettle(batch([adt('A01', 'S17', 'S17'), adt('A01', 'S18', 'S18')]));
    assert.deepEqual(ends(sent), ['done']);
    const effects = await runtime.engine.store.effects.ofMessage(sent.id);
    assert.equal(effects.length, 2);
  });
});

describe('the parts of a batch', () => {
  const options = { most: 10, fallbackCharset: undefined, received: true, node: 'Split' };

  it('are refused before they are made where a frame holds millions of them', () => {
    for (const piece of ['MSH\r', 'BHS\r', 'x\rBTS\r', '\nFTS']) {
      const began = process.cpuUsage();
      assert.throws(() => partsOf(Buffer.from(piece.repeat(4_000_000)), options), { code: 'hl7-too-many-parts' });
      const { user } = process.cpuUsage(began);
      assert.ok(user < 1_000_000, `${piece.trim()} ${user} µs`);
    }
  });

  it('are the same from text and from bytes', () => {
    const text = batch([adt('A01', 'A', 'A'), 'MSH\r']);
    const of = (given: Uint8Array | string): unknown => {
      const { parts, differs } = partsOf(given, options);
      return { differs, parts: parts.map(({ part, problem, message }) => [part, problem, message?.toString()]) };
    };
    assert.deepEqual(of(Buffer.from(text)), of(text));
  });

  it('state the batches of a file that are not there', () => {
    const file = `FHS|^~\\&\r${batch([adt('A01', 'A', 'A')])}FTS|3\r`;
    assert.deepEqual(partsOf(file, options).differs, { what: 'batches', stated: 3, found: 1 });
  });
});
