/** What a hostile message costs: four times the bytes may cost about four times the time, never sixteen times. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { statedEvents } from '../../engine/index.ts';
import { buildAck } from '../../engine/hl7/ack.ts';
import { hl7FromJson, hl7ToJson } from '../../engine/hl7/json.ts';
import { adviseOn } from '../../engine/hl7/advise.ts';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { outlineOf } from '../../engine/hl7/outline-of.ts';
import { Hl7Source } from '../../engine/hl7/source.ts';
import { describe as describeMessage } from '../../engine/intake/describe.ts';
import { context } from '../events/kit.ts';

const head = (type = 'ORU^R01', sender = 'LAB'): string => `MSH|^~\\&|${sender}|H|X|Y|20260101||${type}|1|P|2.5\r`;
const PID = 'PID|||4711\r';
const RESULT = `${head()}${PID}OBR|1|P|F|A^B^LN\r`;
const drained = (all: Iterable<unknown>): number => [...all].length;

type Use = readonly [of: string, text: (n: number) => string, use: (message: Hl7Message) => unknown];

const events = (message: Hl7Message): unknown => statedEvents(message, context());
const ack = (message: Hl7Message): unknown => buildAck(message, { code: 'AA', controlId: '1', now: 0 });

const USES: readonly Use[] = [
  ['describing empty repetitions', (n) => `${head()}PID|||${'~'.repeat(n)}\r`, describeMessage],
  ['describing repetitions', (n) => `${head()}PID|||${'A~'.repeat(n)}\r`, describeMessage],
  ['describing orders', (n) => `${head()}${PID}${'OBR|1|2\r'.repeat(n)}`, describeMessage],
  ['all repetitions', (n) => `${head()}PID|||${'A~'.repeat(n)}\r`, (m) => m.getAll('PID-3.1')],
  ['all repetitions of a segment', (n) => `${head()}PID|||${'A~'.repeat(n)}\r`, (m) => m.segment('PID')?.getAll('3')],
  ['all values of all segments', (n) => head() + 'NTE|1||x\r'.repeat(n), (m) => m.getAll('NTE-3')],
  [
    'each of many segments by its number',
    (n) => head() + 'OBX|1||A||x\r'.repeat(n),
    (m) => {
      for (let i = 1; m.get(`OBX[${i}]-1`) !== ''; i++) if (m.get(`OBX[${i}]-5`) !== 'x') throw new Error('another');
    },
  ],
  ['one far repetition', (n) => `${head()}PID|||${'A~'.repeat(n)}|F\r`, (m) => m.get('PID-4')],
  ['components', (n) => `${head()}PID|||${'A^'.repeat(n)}|F\r`, (m) => m.get('PID-3.999')],
  ['escapes', (n) => `${head()}PID|||${'\\x'.repeat(n)}|F\r`, (m) => m.get('PID-3')],
  ['escapes that mean something', (n) => `${head()}PID|||${'\\T\\'.repeat(n)}|F\r`, (m) => m.get('PID-3')],
  ['unclosed hexadecimal', (n) => `${head()}PID|||\\X${'4'.repeat(n)}|F\r`, (m) => m.get('PID-3')],
  ['segments', (n) => head() + 'Z\r'.repeat(n), (m) => drained(m.segments())],
  ['empty lines', (n) => head() + '\r'.repeat(n), (m) => drained(m.segments())],
  ['groups', (n) => head() + 'OBR|1\rOBX|1\r'.repeat(n), (m) => drained(m.structure().segments('OBX'))],
  [
    'groups out of order',
    (n) => head('ADT^A01') + 'PV1|1\rEVN|1\rZ\r'.repeat(n),
    (m) => drained(m.structure().outOfOrder()),
  ],
  [
    'one group of many',
    (n) => `${RESULT}${'NTE|1\r'.repeat(n)}`,
    (m) => m.structure().group('ORDER_OBSERVATION')?.get('NTE[9999]-1'),
  ],
  ['JSON', (n) => `${head()}PID|||${'a^b&c~'.repeat(n)}\r`, (m) => hl7FromJson(hl7ToJson(m))],
  ['JSON of segments', (n) => head() + 'Z\r'.repeat(n), (m) => hl7FromJson(hl7ToJson(m))],
  ['orders', (n) => head() + 'OBR|1\rOBX|1\r'.repeat(n), (m) => drained(m.orders())],
  ['fields of a segment', (n) => `${head()}PID${'|a'.repeat(n)}\r`, (m) => m.fields['PID']],
  ['repetitions as rows', (n) => `${head()}PID|||${'a~'.repeat(n)}\r`, (m) => m.fields['PID']],
  ['components as rows', (n) => `${head()}PID|||${'a^'.repeat(n)}\r`, (m) => m.fields['PID']],
  ['rows', (n) => head() + 'OBX|1\r'.repeat(n), (m) => m.fields['OBX']],
  ['the outline of fields', (n) => `${head()}PID${'|a'.repeat(n)}\r`, (m) => outlineOf(m)],
  ['the outline of repetitions', (n) => `${head()}PID|||${'A^B&C~'.repeat(n)}\r`, (m) => outlineOf(m)],
  ['the outline of segments', (n) => head() + 'OBX|1|NM|A||1||||||Q\r'.repeat(n), (m) => outlineOf(m)],
  ['a search in the outline', (n) => head() + 'OBX|1|NM|A||1||||||F\r'.repeat(n), (m) => outlineOf(m, { find: 'zz' })],
  ['advice on components', (n) => `${head()}PID|||${'A^'.repeat(n)}\r`, (m) => adviseOn(m)],
  ['the answer to repetitions', (n) => head('ORU^R01', 'A~'.repeat(n)), ack],
  ['the answer in other separators', (n) => head('ORU^R01', 'A^'.repeat(n)).replaceAll('|', '$'), ack],
  ['the answer to other repetitions', (n) => head('ORU^R01', 'A~'.repeat(n)).replaceAll('|', '$'), ack],
  ['events of flags', (n) => `${RESULT}OBX|1|NM|A^B||1|||${'a~'.repeat(n)}|||F\r`, events],
  ['events of empty flags', (n) => `${RESULT}OBX|1|NM|A^B||1|||${'~'.repeat(n)}|||F\r`, events],
  ['events of codes', (n) => `${RESULT}OBX|1|CE|A^B||${'a^b~'.repeat(n)}||||||F\r`, events],
  ['events of lines', (n) => `${RESULT}OBX|1|TX|A^B||${'a~'.repeat(n)}||||||F\r`, events],
  ['events of identifiers', (n) => `${head()}PID|||${'A~'.repeat(n)}\rOBR|1\rOBX|1|NM|A||1||||||F\r`, events],
  [
    'events of orders of one long patient',
    (n) => `${head()}PID|||${'x'.repeat(n)}\r${'OBR|1\rOBX|1|NM|A||1||||||F\r'.repeat(n / 100)}`,
    events,
  ],
  [
    'events of results of one long order',
    (n) => `${head()}${PID}OBR|1||${'x'.repeat(n)}\r${'OBX|1|NM|A||1||||||F\r'.repeat(n / 100)}`,
    events,
  ],
  ['events of results', (n) => RESULT + 'OBX|1|NM|A||1||||||F\r'.repeat(n / 20), events],
  ['a discharge of diagnoses', (n) => `${head('ADT^A03')}${PID}${'DG1|1\r'.repeat(n)}`, events],
];

describe('the effort of reading', () => {
  /** Milliseconds of this thread, the least of several runs: what else the machine does is left out. Every run reads the text anew. */
  const least = (text: string, use: Use[2], runs: number): number => {
    let best = Infinity;
    for (let i = 0; i < runs; i++) {
      const message = Hl7Message.parse(text);
      const begun = process.threadCpuUsage();
      use(message);
      const { user, system } = process.threadCpuUsage(begun);
      best = Math.min(best, (user + system) / 1000);
    }
    return best;
  };

  for (const [of, text, use] of USES)
    it(`grows no faster than the message: ${of}`, function () {
      this.timeout(180_000);
      const [small, large] = [text(10_000), text(80_000)];
      least(small, use, 2);
      const times = (): readonly [number, number] => [least(small, use, 3), least(large, use, 3)];
      // Eight times the size: 64 times the time by the square. Below some milliseconds there is nothing to measure.
      const isFine = ([one, eight]: readonly [number, number]): boolean => eight < 40 || eight < 28 * one;
      let seen = times();
      for (let left = 3; left > 0 && !isFine(seen); left--) {
        const more = times();
        seen = [Math.min(seen[0], more[0]), Math.min(seen[1], more[1])];
      }
      assert.ok(isFine(seen), `${seen[0].toFixed(1)} ms became ${seen[1].toFixed(1)} ms`);
    });

  it('looks at each repetition once, by count', () => {
    const source = Hl7Message.parse(`${head()}PID|||${'A~'.repeat(500)}\r`).source;
    let steps = 0;
    const counting = new Proxy(source, {
      get(target, key, receiver: object) {
        if (key === 'text') steps++;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    assert.equal(Hl7Message.of(counting).getAll('PID-3.1').length, 501);
    const all = steps;
    steps = 0;
    assert.equal(Hl7Message.of(counting).segment('PID')?.getAll('3.1', 100).length, 100);
    assert.ok(all < 501 * 12 && steps < 100 * 12 + 100, `${all} and ${steps} steps`);
    assert.ok(source instanceof Hl7Source);
  });
});

describe('a message as JSON shows it', () => {
  it('is marked where there is more than is shown', () => {
    const shown = (text: string) => Hl7Message.parse(text).toJSON();
    const many = shown(`${head()}PID${'|a'.repeat(40_000)}\r`);
    assert.equal(many.truncated, true);
    assert.ok(Object.keys(many.segments[1] ?? {}).length <= 20_001);
    const rows = shown(head() + 'NTE|1\r'.repeat(6000));
    assert.deepEqual([rows.truncated, rows.segments.length], [true, 5000]);
    assert.equal(shown(head() + PID).truncated, undefined);
  });
});
