import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'mocha';
import { WardflowError } from '../../engine/base/errors.ts';
import { splitBatch } from '../../engine/hl7/batch.ts';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { outlineOf, type OutlineOptions } from '../../engine/hl7/outline-of.ts';
import type { OutlineNode } from '../../engine/hl7/outline.ts';
import { requireShared } from '../kit/requires.ts';

const HEAD = 'MSH|^~\\&|LAB|H|EHR|H|20260301101500||ORU^R01^ORU_R01|1|P|2.5.1';

function outline(lines: readonly string[], options?: OutlineOptions) {
  return outlineOf(Hl7Message.parse([HEAD, ...lines, ''].join('\r')), options);
}

/** `path|name|value`, with what is below it. */
function told(node: OutlineNode): string[] {
  const value = node.state === 'value' ? node.value : `(${node.state})`;
  return [`${node.path}|${node.name}|${value}`, ...node.children.flatMap(told)];
}

const every = (node: OutlineNode): OutlineNode[] => [node, ...node.children.flatMap(every)];

describe('the outline of a message', () => {
  it('names what stands there, by the version of the message', () => {
    const { segments, type, title, version } = outline(['PID|1||100^^^H&1.2&ISO^MR~55||TEST^ONE||""|F']);
    assert.deepEqual([type, version.named], ['ORU^R01', '2.5.1']);
    assert.match(title, /observation/i);
    assert.deepEqual(told(segments[1] as OutlineNode), [
      'PID|Patient Identification|',
      'PID-1|Set ID - PID|1',
      'PID-3|Patient Identifier List|',
      'PID-3[1]|Patient Identifier List|',
      'PID-3[1].1|ID Number|100',
      'PID-3[1].4|Assigning Authority|',
      'PID-3[1].4.1|Namespace ID|H',
      'PID-3[1].4.2|Universal ID|1.2',
      'PID-3[1].4.3|Universal ID Type|ISO',
      'PID-3[1].5|Identifier Type Code|MR',
      'PID-3[2]|Patient Identifier List|55',
      'PID-5|Patient Name|',
      'PID-5.1|Family Name|TEST',
      'PID-5.2|Given Name|ONE',
      'PID-7|Date/Time of Birth|(null)',
      'PID-8|Administrative Sex|F',
    ]);
  });

  it('says what a value means by its table, also of a coded element and of a value that stands alone', () => {
    const { segments } = outline(['PID|1||1||T|||F||2106-3^W~2106-3^W^LOCAL', 'OBX|1|NM|A||5|||N|||F']);
    const meanings = segments
      .flatMap(every)
      .filter(({ meaning }) => meaning)
      .map(({ path, meaning }) => `${path} ${meaning}`);
    assert.ok(meanings.includes('PID-8 Female'));
    assert.ok(meanings.includes('PID-10[1].1 White'));
    assert.ok(!meanings.some((one) => one.startsWith('PID-10[2]')), 'of another coding system');
    assert.ok(meanings.includes('MSH-11 Production'));
    assert.ok(meanings.some((one) => one.startsWith('OBX-11 Final results')));
  });

  it('takes OBX-5 by the type that OBX-2 says', () => {
    const { segments } = outline(['OBX|1|CWE|A||N^Negative^L||||||F']);
    const names = segments.flatMap(every).filter(({ path }) => path.startsWith('OBX-5'));
    assert.deepEqual(
      names.map(({ path, name, type }) => [path, name, type]),
      [
        ['OBX-5', 'Observation Value', 'CWE'],
        ['OBX-5.1', 'Identifier', 'ST'],
        ['OBX-5.2', 'Text', 'ST'],
        ['OBX-5.3', 'Name of Coding System', 'ID'],
      ],
    );
  });

  it('gives each value the path that reads it, and the place where it stands in its segment', () => {
    const message = Hl7Message.parse(
      `${HEAD}\rPID|1||100^^^H&1.2&ISO^MR~55||TE\\T\\ST^ONE|||||A&B|\rOBX|1|TX|A||x||||||F\rOBX|2|TX|A||y~z||||||F\rZAB|1^2\r`,
    );
    let values = 0;
    for (const segment of outlineOf(message).segments) {
      for (const node of every(segment)) {
        const raw = segment.raw.slice(node.at, node.at + node.length);
        if (node.level === 'segment') assert.equal(raw, segment.raw);
        else if (node.state !== 'empty') assert.equal(raw, message.raw(node.path), node.path);
        if (node.children.length > 0 || node.state !== 'value' || node.level === 'segment') continue;
        assert.equal(node.value, message.get(node.path), node.path);
        values++;
      }
    }
    assert.ok(values > 25);
  });

  it('shows what is required and empty, and with `empties` all that the standard knows', () => {
    const empty = (options?: OutlineOptions) =>
      outline(['PID|1||1'], options)
        .segments.flatMap(every)
        .filter(({ state, path }) => state === 'empty' && path.startsWith('PID'))
        .map(({ path }) => path);
    assert.deepEqual(empty(), ['PID-5']);
    assert.equal(empty({ empties: true }).length, 37);
  });

  it('has the advice on the whole and on each place that is shown', () => {
    const lines = ['OBX|1|NM|A||5||||||Q', 'OBX|2|NM|A||5||||||Q', 'OBX|3|NM|A||5||||||Q'];
    const { advice, here, advised } = outline(lines, { advise: true });
    assert.deepEqual([advice.length, advice[0]?.more, advised], [1, 2, 4]);
    assert.deepEqual(
      here.map(({ path }) => path),
      ['OBX-11', 'OBX[2]-11', 'OBX[3]-11'],
    );
    const later = outline(lines, { from: 3 });
    assert.deepEqual([later.advice, later.here.map(({ path }) => path)], [[], ['OBX[3]-11']]);
  });

  it('comes in pages, that are all of it together', () => {
    const lines = Array.from({ length: 450 }, (_, i) => `OBX|${i + 1}|NM|A||${i}||||||F`);
    const seen: string[] = [];
    for (let from: number | null = 0; from !== null;) {
      const page: ReturnType<typeof outline> = outline(lines, { from, most: 100 });
      assert.equal(page.total, 451);
      assert.ok(page.segments.length <= 100);
      seen.push(...page.segments.map(({ path }) => path));
      from = page.next;
    }
    assert.deepEqual(seen, ['MSH', 'OBX', ...lines.slice(1).map((_, i) => `OBX[${i + 2}]`)]);
  });

  it('finds by path, name, value and meaning, with what belongs to it', () => {
    const lines = ['PID|1||100^^^H&1.2&ISO^MR||TEST^ONE||19800101|F', 'OBX|1|NM|A||5||||||F'];
    const found = (find: string) => outline(lines, { find }).segments.flatMap(told);
    assert.deepEqual(found('one'), ['PID|Patient Identification|', 'PID-5|Patient Name|', 'PID-5.2|Given Name|ONE']);
    assert.deepEqual(found('FEMALE'), ['PID|Patient Identification|', 'PID-8|Administrative Sex|F']);
    assert.deepEqual(found('pid-7'), ['PID|Patient Identification|', 'PID-7|Date/Time of Birth|19800101']);
    assert.equal(found('assigning auth').at(-1), 'PID-3.4.3|Universal ID Type|ISO');
    assert.equal(found('observation/result').length, 6);
    assert.deepEqual(found('no such thing'), []);
  });

  it('goes on finding where the page ended', () => {
    const lines = Array.from({ length: 900 }, (_, i) => `NTE|${i + 1}||${i % 3 === 0 ? 'needle' : 'hay'}`);
    const first = outline(lines, { find: 'needle', most: 200 });
    assert.equal(first.segments.length, 200);
    const rest = outline(lines, { find: 'needle', most: 200, from: first.next ?? 0 });
    assert.deepEqual([rest.segments.length, rest.next], [100, null]);
  });

  it('finds a path and a value far behind what it takes apart', () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `OBX|${i + 1}|NM|A||value ${i + 1}||||||F`);
    for (const find of ['OBX[19000]-5', 'value 19000']) {
      const { segments } = outline(lines, { find });
      assert.deepEqual(
        segments.map(({ path, children }) => [path, ...children.map((child) => child.path)]),
        [['OBX[19000]', 'OBX[19000]-5']],
      );
    }
  });

  it('shows a line that is no segment as it stands', () => {
    const [, line] = outline(['written by hand']).segments;
    assert.deepEqual([line?.path, line?.value, line?.children], ['line 2', 'written by hand', []]);
  });

  it('stays small and quick for fields of megabytes and very many parts', () => {
    for (const unit of ['a^', 'a~', 'a&', 'a|', 'aa', '~', '^&']) {
      const { segments } = outline([`OBX|1|CWE|A||${unit.repeat(2_500_000)}||||||F`]);
      assert.ok(JSON.stringify(segments).length < 1_500_000, unit);
      if (unit === 'a~') assert.ok(segments.flatMap(every).some(({ more = 0 }) => more > 1_000_000));
    }
    const long = outline([`OBX|1|TX|A||${'a'.repeat(5_000_000)}||||||F`], { longest: 50 }).segments.flatMap(every);
    assert.deepEqual(
      long.filter(({ path }) => path === 'OBX-5').map(({ value, length }) => [value.length, length]),
      [[50, 5_000_000]],
    );
  });

  it('counts a hundred thousand segments and shows the last of them', () => {
    const message = Hl7Message.parse(`${HEAD}\r${'OBX|1|NM|A||5||||||F\r'.repeat(100_000)}`);
    const { total, segments, next } = outlineOf(message, { from: 100_000 });
    assert.deepEqual([total, next, segments.map(({ path }) => path)], [100_001, null, ['OBX[100000]']]);
    assert.equal(message.get(`${segments[0]?.path}-11`), 'F');
  });
});

describe('real messages', () => {
  it('all have an outline whose values are those of their paths, and advice', function () {
    const folder = requireShared(this, 'data/hl7');
    let [messages, values] = [0, 0];
    for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      for (const bytes of splitBatch(readFileSync(resolve(file.parentPath, file.name)))) {
        let message: Hl7Message;
        try {
          message = Hl7Message.parse(bytes);
        } catch (error) {
          assert.ok(error instanceof WardflowError, file.name);
          continue;
        }
        messages++;
        const { segments, advice } = outlineOf(message, { most: 100_000, advise: true });
        for (const one of advice) assert.ok(one.path !== '' && one.text.endsWith('.'), file.name);
        for (const node of segments.flatMap(every)) {
          if (node.level === 'segment' || node.children.length > 0 || node.length > 4000) continue;
          assert.equal(node.value, message.get(node.path), `${file.name} ${node.path}`);
          values++;
        }
      }
    }
    assert.ok(messages > 100 && values > 10_000, `${messages} messages, ${values} values`);
  });
});
