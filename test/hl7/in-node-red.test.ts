import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { describe, it } from 'mocha';
import { Hl7Message } from '../../engine/hl7/message.ts';

interface Util {
  cloneMessage<T>(msg: T): T;
  getMessageProperty(msg: object, property: string): unknown;
  setMessageProperty(msg: object, property: string, value: unknown, create: boolean): boolean;
  prepareJSONataExpression(expression: string, node: object): unknown;
  evaluateJSONataExpression(
    expression: unknown,
    msg: object,
    done: (error: Error | null, value: unknown) => void,
  ): void;
  encodeObject(msg: { msg: unknown }, options: { maxLength: number }): { msg: string; format: string };
}

const load = createRequire(import.meta.url);
const { util } = load('@node-red/util') as { util: Util };
const jsonata = load('jsonata') as (expression: string) => { evaluate(input: unknown): Promise<unknown> };

const TEXT = [
  'MSH|^~\\&|LAB|NORTH|WF|SOUTH|20260105||ORU^R01^ORU_R01|C-1|P|2.5.1',
  'PID|1||4711^^^NORTH^MR~0815^^^SOUTH^PI||Example^Alex|',
  'OBX|1|NM|2823-3^Potassium^LN||6.9|mmol/L||HH',
  'OBX|2|NM|2951-2^Sodium^LN||140|mmol/L||N~X',
  '',
].join('\r');

interface Message {
  _msgid: string;
  payload: Hl7Message;
}
const msg = (text = TEXT): Message => ({ _msgid: 'a', payload: Hl7Message.parse(text) });

describe('a clone by Node-RED', () => {
  it('is a message with all its methods', () => {
    const copy = util.cloneMessage(msg()).payload;
    assert.ok(copy instanceof Hl7Message);
    assert.equal(copy.get('PID-3[2].1'), '0815');
    assert.equal(copy.set('PID-5.1', 'New').get('PID-5.1'), 'New');
    assert.equal(copy.toBytes().toString(), TEXT.replace('Example', 'New'));
    assert.equal([...copy.segments()].length, 4);
    assert.equal(copy.fields['PID-5.1'], 'New');
  });

  it('never sees an edit of the other, whichever was made first', () => {
    const original = msg();
    const copy = util.cloneMessage(original);
    copy.payload.set('PID-5.1', 'Copy');
    original.payload.set('PID-5.1', 'Original');
    assert.equal(copy.payload.get('PID-5.1'), 'Copy');
    assert.equal(copy.payload.fields['PID-5.1'], 'Copy');
    assert.equal(original.payload.get('PID-5.1'), 'Original');
    assert.equal(original.payload.fields['PID-5.1'], 'Original');
  });

  it('shares the text, so that 5 MB cost no more than 1 KB', () => {
    const large = msg(`${TEXT}NTE|1||${'x'.repeat(5_000_000)}\r`);
    large.payload.get('NTE-3');
    assert.equal(util.cloneMessage(large).payload.source, large.payload.source);
    const started = process.hrtime.bigint();
    for (let i = 0; i < 1000; i++) util.cloneMessage(large);
    const ms = Number(process.hrtime.bigint() - started) / 1e6;
    assert.ok(ms < 1000, `${ms} ms for 1000 clones`);
  });
});

describe('in a switch or change node', () => {
  it('a property path reads a value', () => {
    assert.equal(util.getMessageProperty(msg(), 'payload.fields["PID-5.1"]'), 'Example');
    assert.equal(util.getMessageProperty(msg(), 'payload.fields["PV1-2"]'), '');
    assert.equal(util.getMessageProperty(msg(), 'payload.type'), 'ORU^R01');
    assert.equal(util.getMessageProperty(msg(), 'payload.controlId'), 'C-1');
  });

  it('a property path that would write says how to write instead', () => {
    const one = msg();
    assert.throws(
      () => util.setMessageProperty(one, 'payload.fields["PID-5.1"]', 'X', true),
      /msg\.payload\.set\('PID-5\.1'/,
    );
    assert.equal(one.payload.get('PID-5.1'), 'Example');
  });

  const expressions: readonly (readonly [string, unknown])[] = [
    ['payload.fields.`PID-5.1`', 'Example'],
    ['payload.fields.`OBX[2]-3.2`', 'Sodium'],
    ['payload.fields.`PV1-2` = ""', true],
    ['$number(payload.fields.`OBX-5`) > 6.5', true],
    ['payload.fields.OBX[`OBX-8`="HH"].`OBX-3.1`', '2823-3'],
    ['payload.fields.OBX.`OBX-5`', ['6.9', '140']],
    ['$count(payload.fields.OBX)', 2],
    ['payload.fields.nothing', undefined],
    ['$exists(payload.fields.ZZZ)', false],
  ];

  it('JSONata reads values and rows, in our jsonata', async () => {
    for (const [expression, expected] of expressions) {
      const value = await jsonata(expression).evaluate(msg());
      assert.deepEqual(plain(value), expected, expression);
    }
  });

  it('JSONata reads values and rows, in the copy that Node-RED has', async () => {
    for (const [expression, expected] of expressions) {
      const prepared = util.prepareJSONataExpression(expression, { context: () => ({}) });
      const value = await new Promise((resolve, reject) => {
        util.evaluateJSONataExpression(prepared, msg(), (error, result) => (error ? reject(error) : resolve(result)));
      });
      assert.deepEqual(plain(value), expected, expression);
    }
  });
});

/** JSONata marks its sequences with properties of their own. */
function plain(value: unknown): unknown {
  return Array.isArray(value) ? [...(value as unknown[])] : value;
}

describe('in the debug sidebar', () => {
  it('a whole msg shows the message as values under their paths', () => {
    const { msg: shown } = util.encodeObject({ msg: msg() }, { maxLength: 1000 });
    const { payload } = JSON.parse(shown) as { payload: { type: string; segments: Record<string, string>[] } };
    assert.equal(payload.type, 'ORU^R01');
    assert.deepEqual(payload.segments[1], {
      segment: 'PID',
      'PID-1': '1',
      'PID-3.1': '4711',
      'PID-3.4': 'NORTH',
      'PID-3.5': 'MR',
      'PID-3[2].1': '0815',
      'PID-3[2].4': 'SOUTH',
      'PID-3[2].5': 'PI',
      'PID-5.1': 'Example',
      'PID-5.2': 'Alex',
    });
  });

  it('the payload alone shows the text', () => {
    assert.equal(util.encodeObject({ msg: msg().payload }, { maxLength: 1000 }).msg, TEXT);
  });
});

describe('in a log', () => {
  it('a message that is printed shows its type and size and nothing of its content', () => {
    const shown = inspect(msg(), { depth: 5 });
    assert.match(shown, /Hl7Message \{ ORU\^R01, \d+ characters \}/);
    assert.doesNotMatch(shown, /Example|4711|6\.9/);
  });
});
