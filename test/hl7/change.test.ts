import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { Hl7Message, transcribed, type Hl7Change } from '../../engine/index.ts';

const HEAD = 'MSH|^~\\&|LAB|NORTH|||20260105||ORU^R01|C1|P|2.5.1';
const of = (...segments: readonly string[]): Hl7Message => Hl7Message.parse([HEAD, ...segments, ''].join('\r'));
const body = (message: Hl7Message): readonly string[] => message.toString().split('\r').slice(1, -1);

describe('several changes of a message at once', () => {
  it('write what single edits write, one after the other', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9|^~&\\ ]{0,8}$/);
    const places = fc.uniqueArray(
      fc.record({
        path: fc
          .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 3 }))
          .map(([row, field, component]) => `OBX[${row}]-${field}${component > 0 ? `.${component}` : ''}`),
        text: part,
      }),
      // One place for each segment: two beyond its end would each add the separators that are missing.
      { selector: ({ path }) => path.slice(0, 6), maxLength: 4 },
    );
    fc.assert(
      fc.property(places, fc.constantFrom('\r', '\n', '\r\n'), (edits, end) => {
        const text = [HEAD, 'OBX|1|NM|a^b', 'OBX|2', 'NTE|1||x', 'OBX', 'OBX|4|ST|a~b^c&d|||', ''].join(end);
        const together = Hl7Message.parse(text).change(edits.map((edit) => ({ kind: 'value', ...edit })));
        const single = Hl7Message.parse(text);
        for (const { path, text: value } of edits) single.set(path, value);
        assert.equal(together.toString(), single.toString());
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('take repetitions out and let those behind them move up', () => {
    const without = (...numbers: readonly number[]): string => {
      const changes = numbers.map((n): Hl7Change => ({ kind: 'remove-repetition', path: `PID-3[${n}]` }));
      return of('PID|1||a^1~b~c|x').change(changes).raw('PID-3');
    };
    assert.equal(without(2), 'a^1~c');
    assert.equal(without(1, 2), 'c');
    assert.equal(without(1, 2, 3), '');
    assert.equal(without(7), 'a^1~b~c');
  });

  it('take segments out, each with its line end, and leave the others as they are', () => {
    const remove = (occurrence: number): Hl7Change => ({ kind: 'remove-segment', segment: 'NTE', occurrence });
    const message = of('PID|1', 'NTE|1', 'OBX|1', 'NTE|2', 'NTE|3');
    assert.deepEqual(body(message.clone().change([remove(1), remove(3)])), ['PID|1', 'OBX|1', 'NTE|2']);
    const open = Hl7Message.parse(`${HEAD}\r\nPID|1\r\nNTE|1`);
    assert.equal(open.change([remove(1)]).toString(), `${HEAD}\r\nPID|1`);
    assert.throws(() => message.change([remove(4)]), { code: 'hl7-no-segment' });
    assert.throws(() => message.change([{ kind: 'remove-segment', segment: 'MSH', occurrence: 1 }]), {
      code: 'hl7-delimiters-fixed',
    });
  });

  it('put segments behind those that are named, or at the end', () => {
    const add = (after: number | null): Hl7Change => ({
      kind: 'add-segment',
      segment: 'NTE',
      after: after === null ? null : { segment: 'OBX', occurrence: after },
    });
    const message = of('OBX|1', 'OBX|2');
    assert.deepEqual(body(message.clone().change([add(1), add(2)])), ['OBX|1', 'NTE', 'OBX|2', 'NTE']);
    assert.deepEqual(body(message.clone().change([add(null)])), ['OBX|1', 'OBX|2', 'NTE']);
    assert.throws(() => message.change([{ kind: 'add-segment', segment: 'MSH', after: null }]), {
      code: 'hl7-bad-path',
    });
  });

  it('are refused as a whole, and nothing is changed then', () => {
    const message = of('OBX|1');
    const before = message.toString();
    const changes: readonly Hl7Change[] = [
      { kind: 'value', path: 'OBX-5', text: 'x' },
      { kind: 'value', path: 'PID-5', text: 'x' },
    ];
    assert.throws(() => message.change(changes), { code: 'hl7-no-segment' });
    assert.throws(() => message.change([changes[0]!, { kind: 'raw', path: 'OBX-1', text: 'a\rb' }]), {
      code: 'hl7-line-end',
    });
    assert.equal(message.toString(), before);
  });

  it('make no message longer than a frame may be', () => {
    const text = 'x'.repeat(12 * 1024 * 1024);
    const message = of('OBX|1', 'OBX|2', 'OBX|3');
    const places = [1, 2, 3].map((row): Hl7Change => ({ kind: 'value', path: `OBX[${row}]-5`, text }));
    assert.throws(() => message.change(places), { code: 'hl7-too-long' });
    message.change(places.slice(0, 2));
    assert.throws(() => message.set('OBX[3]-5', text), { code: 'hl7-too-long' });
    assert.equal(message.set('OBX[1]-5', '').get('OBX[2]-5').length, text.length);
  });

  it('take about as long for a thousand segments as the message is long, not its square', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `OBX|${i + 1}|ST|code||${'v'.repeat(40)}`);
    const message = of(...rows);
    const began = process.cpuUsage();
    message.change(rows.map((_, i) => ({ kind: 'value', path: `OBX[${i + 1}]-5`, text: 'new' })));
    const { user } = process.cpuUsage(began);
    assert.equal(message.get('OBX[20000]-5'), 'new');
    assert.ok(user < 2_000_000, `${user} µs`);
  });
});

describe('text of one message for another', () => {
  const usual = Hl7Message.parse(HEAD).source.delimiters;
  const odd = Hl7Message.parse('MSH*:;!%*LAB').source.delimiters;

  it('changes its separators with the message', () => {
    assert.equal(transcribed('a^b&c~d', usual, odd), 'a:b%c;d');
    assert.equal(transcribed('a^b', usual, usual), 'a^b');
  });

  it('keeps escapes, and escapes what separates over there', () => {
    assert.equal(transcribed('1\\S\\2:3', usual, odd), '1!S!2!S!3');
    assert.equal(transcribed('C:\\drive', usual, odd), 'C!S!\\drive');
    assert.equal(transcribed('50*\\.br\\2', usual, odd), '50!F!!.br!2');
  });

  it('is refused where a separator is wanting', () => {
    const poor = Hl7Message.parse('MSH|^|LAB').source.delimiters;
    assert.equal(transcribed('a~b', usual, poor), undefined);
    assert.equal(transcribed('a\\F\\b', usual, poor), undefined);
    assert.equal(transcribed('a^b', usual, poor), 'a^b');
  });
});
