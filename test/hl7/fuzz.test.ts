/** Bytes as nobody should send them, through all that the codec does. A failure names its seed; seeds that found something are kept. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, it } from 'mocha';
import { buildAck } from '../../engine/hl7/ack.ts';
import { readBatch } from '../../engine/hl7/batch.ts';
import { hl7FromJson, hl7ToJson } from '../../engine/hl7/json.ts';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { mutant, random, type Random } from '../kit/hl7-mutants.ts';
import { counts } from '../kit/requires.ts';

/** 49, 241: escapes in what should be the name of a segment. 3943: bytes without meaning in MSH-2. 7648: one separator for all. 12387: MSH-18 with a
 * byte order mark behind it. 44986: letters for separators, where MSH-2 was left out. 88533: one separator for two levels. 643431: an end block in the
 * control id of a message in UTF-16. */
const KEPT = [49, 241, 3943, 7648, 12_387, 44_986, 88_533, 643_431];
const RUNS = counts(20_000, 1_000_000);

const PATHS = [
  'MSH-10',
  'MSH-18',
  'PID-3',
  'PID-3[2].4.2',
  'OBX[2]-5',
  'OBX-5.1',
  'PV1-44',
  'ZPI-2',
  'SCH-1',
  'PID-5[3]',
];
const VALUES = ['', 'x', '|^~\\&#', '\r\n', '\x0b\x1c\r', 'é', '\\F\\', '""', '😀'];

type Use = (message: Hl7Message, bytes: Buffer, pick: Random) => void;

const some = (from: readonly string[], pick: Random): string => from[pick(from.length)] ?? '';

const USES: Readonly<Record<string, Use>> = {
  'plain JSON': (message, bytes) => {
    assert.ok(
      hl7FromJson(JSON.parse(JSON.stringify(hl7ToJson(message))))
        .toBytes()
        .equals(bytes),
    );
  },
  groups: (message) => {
    let at = 0;
    for (const segment of message.structure().segments()) assert.equal(segment.at, at++);
    assert.equal(message.source.segment(at), undefined);
  },
  values: (message, _bytes, pick) => {
    for (const segment of message.segments()) {
      const path = `${1 + pick(6)}`;
      assert.ok(segment.getAll(path, 50).every((value) => value.isWellFormed()));
      assert.ok(segment.lines(path).every((line) => line.isWellFormed() && !/[\r\n]/.test(line)));
      assert.ok(segment.raw(path).isWellFormed());
    }
    for (const path of PATHS) assert.ok(message.get(path).isWellFormed());
  },
  'what people are shown': (message) => assert.ok(JSON.stringify(message).isWellFormed()),
  'an edit': (message, _bytes, pick) => {
    const [path, value] = [some(PATHS, pick), some(VALUES, pick)];
    const before = [...message.segments()].map((segment) => segment.raw());
    const edited = refusing(() => message.clone().set(path, value));
    if (!edited) return;
    assert.equal(edited.get(path), value);
    const after = [...Hl7Message.parse(edited.toBytes()).segments()].map((segment) => segment.raw());
    assert.equal(after.length, before.length);
    assert.ok(path === 'MSH-18' || after.filter((raw, at) => raw !== before[at]).length <= 1);
  },
  'an answer': (message) => {
    const ack = buildAck(message, { code: 'AA', controlId: '1', now: 0 });
    const read = Hl7Message.parse(ack.toBytes(), { fallbackCharset: ack.charset });
    assert.equal(read.get('MSA-1'), 'AA');
    assert.equal(read.get('MSA-2'), message.get('MSH-10'));
    assert.equal([...read.segments()].length, 2);
  },
  'a batch': (_message, bytes) => {
    const { batches } = readBatch(bytes);
    let from = 0;
    for (const part of batches.flatMap(({ messages }) => messages)) {
      from = bytes.indexOf(part, from);
      assert.ok(from >= 0);
      from += part.length;
    }
  },
};
const KINDS = Object.entries(USES);

/** `undefined` where the codec refuses it, with a code. */
function refusing<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assert.match((error as { code?: string }).code ?? String(error), /^hl7-/);
    return undefined;
  }
}

function run(seed: number): 'read' | 'refused' {
  const pick = random(seed);
  const bytes = mutant(pick);
  const message = refusing(() => Hl7Message.parse(bytes));
  if (!message) return 'refused';
  assert.ok(message.toBytes().equals(bytes));
  const [, use] = KINDS[seed % KINDS.length] ?? [];
  use?.(message, bytes, pick);
  return 'read';
}

describe('bytes as nobody should send them', () => {
  it('that found something once', () => {
    for (const seed of KEPT)
      for (const [, use] of KINDS) {
        const pick = random(seed);
        const bytes = mutant(pick);
        const message = refusing(() => Hl7Message.parse(bytes));
        if (message) use(message, bytes, pick);
      }
  });

  it('are read or refused with a code, whatever is done with them, and take no memory for long', function () {
    this.timeout(counts(60_000, 3_600_000));
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = (): number => {
      collect();
      return process.memoryUsage().heapUsed / 2 ** 20;
    };
    const seen = { read: 0, refused: 0 };
    let slowest = 0;
    let before = 0;
    for (let seed = 1; seed <= RUNS; seed++) {
      if (seed === Math.floor(RUNS / 4)) before = used();
      const begun = process.cpuUsage().user;
      try {
        seen[run(seed)]++;
      } catch (error) {
        throw new Error(`seed ${seed} (${KINDS[seed % KINDS.length]?.[0] ?? ''})`, { cause: error });
      }
      slowest = Math.max(slowest, process.cpuUsage().user - begun);
    }
    const growth = used() - before;
    assert.ok(seen.read > RUNS / 3 && seen.refused > RUNS / 100, JSON.stringify(seen));
    assert.ok(slowest < 1_000_000, `${slowest} µs of CPU time for one message`);
    assert.ok(growth < 24, `${growth.toFixed(1)} MiB more than after a quarter of them`);
  });
});
