import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';

describe('hl7 json', () => {
  const runtime = usePalette(async () => ({}));
  const json = (id: string, direction: string, to: string): object => node(id, 'hl7 json', { direction }, [to]);
  const change = (rule: object, to: string): object => node('change', 'change', { rules: [rule] }, [to]);
  const shown = (text: string): object => node('shown', 'audit log', { text, textKind: 'jsonata', finish: true });
  const told = async (id: string): Promise<unknown> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' }))[0]?.details['text'];

  it('makes plain JSON, and the same message of it, byte for byte', async () => {
    await runtime.deploy({
      flow: [
        ...frame('to'),
        json('to', 'to-json', 'plain'),
        node(
          'plain',
          'function',
          { func: 'msg.payload = JSON.parse(JSON.stringify(msg.payload)); return msg;', outputs: 1 },
          ['from'],
        ),
        json('from', 'to-hl7', 'shown'),
        shown('$length(payload.source.text) & " " & payload.source.text'),
      ],
    });
    const body = `${adt('A01', 'J1', 'J1').replaceAll('\r', '\n')}ZZZ|a\\Zx\\b|""~|&|\n\n`;
    const { id } = await runtime.sendAndSettle(body);
    assert.equal(String(await told(id)).slice(0, 40), `${body.length} ${body}`.replaceAll('\n', ' ').slice(0, 40));
  });

  it('goes the way that what comes allows', async () => {
    await runtime.deploy({
      flow: [...frame('a'), json('a', 'auto', 'b'), json('b', 'auto', 'shown'), shown('payload.fields.`PID-3`')],
    });
    const { id } = await runtime.sendAndSettle(adt('A01', 'J2', 'J2'));
    assert.equal(await told(id), 'J2');
  });

  it('lets a flow work on the object', async () => {
    await runtime.deploy({
      flow: [
        ...frame('to'),
        json('to', 'to-json', 'change'),
        change({ t: 'set', p: 'payload.segments[2].fields[7]', pt: 'msg', to: 'a|b', tot: 'str' }, 'from'),
        json('from', 'to-hl7', 'shown'),
        shown('payload.fields.`PID-8`'),
      ],
    });
    const { id } = await runtime.sendAndSettle(adt('A01', 'J3', 'J3'));
    assert.equal(await told(id), 'a|b');
  });

  it('refuses what it cannot make the other of, naming no value', async () => {
    const cases = [
      ['to-json', { t: 'set', p: 'payload', pt: 'msg', to: '{"kind":"x"}', tot: 'json' }, 'hl7-payload'],
      ['to-hl7', { t: 'set', p: 'topic', pt: 'msg', to: 'x', tot: 'str' }, 'hl7-payload-json'],
      ['auto', { t: 'set', p: 'payload', pt: 'msg', to: 'Secret', tot: 'str' }, 'hl7-payload-json'],
      ['auto', { t: 'set', p: 'payload', pt: 'msg', to: '{"Secret":1}', tot: 'json' }, 'hl7-bad-json'],
    ] as const;
    for (const [at, [direction, rule, code]] of cases.entries()) {
      await runtime.deploy({ flow: [...frame('change'), change(rule, 'json'), json('json', direction, 'done')] });
      const sent = await runtime.sendAndSettle(adt('A01', `J4${at}`, `J4${at}`));
      assert.deepEqual(ends(sent), [`dead permanent ${code}`]);
      assert.ok(!(sent.work[0]?.failure?.text ?? 'Secret').includes('Secret'));
    }
  });
});
