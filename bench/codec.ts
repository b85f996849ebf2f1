/**
 * Reading eight fields, and a round trip (read, change MSH-10, write), at 1 KB, 10 KB and 1 MB: ours beside the lazy
 * reference (where ../shared is), @medplum/core, node-hl7-client and hl7-parser. One process, order rotated, CPU time of
 * the best of several rounds: other work on the machine changes it little. From bytes to bytes the others take UTF-8 for
 * granted; ours finds out what the bytes are in.
 *
 *     npm run bench codec
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Hl7Message } from '../engine/index.ts';

export interface CodecRow {
  readonly task: (typeof TASKS)[number];
  readonly size: string;
  readonly reader: string;
  readonly perSecond: number;
  /** Time as a multiple of the lazy reference's, or of ours where that is absent; above 1 is slower. */
  readonly timesBase: number;
  /** Time as a multiple of ours. */
  readonly timesOurs: number;
}

const TASKS = ['read 8 fields', 'round trip', 'bytes to bytes'] as const;

interface Reader {
  readonly name: string;
  /** Values of the eight fields, so that all are seen to read the same. */
  readonly read: ((text: string) => readonly string[]) | undefined;
  readonly roundTrip: ((text: string) => string) | undefined;
  /** As `roundTrip` from the wire to the wire; absent: what it reads is decoded as UTF-8. */
  readonly bytes?: (bytes: Buffer) => Buffer;
}

interface LazyReference {
  find(name: string, nth?: number): number;
  findLast(name: string): number;
  get(segment: number, field: number, component?: number): string;
  setRaw(segment: number, field: number, value: string): LazyReference;
  toString(): string;
}

const OLD_ID = 'BENCH-1';
const NEW_ID = 'BENCH-2';
const HEADER = `MSH|^~\\&|LAB|NORTH|WARDFLOW|NORTH|20260105081500+0000||ORU^R01^ORU_R01|${OLD_ID}|P|2.5.1`;
const ID_AT = HEADER.indexOf(OLD_ID);

function message(bytes: number): string {
  const head = [
    HEADER,
    'PID|1||4711^^^NORTH^MR||Example^Alex^^^^^L||19700101|U|||1 Street^^Town^^12345',
    'PV1|1|I|4W^12^A^NORTH||||0012^Example^Ward^^^Dr|||MED|||||||||V4711',
    'OBR|1|P1|F1|24323-8^Comprehensive metabolic panel^LN|||20260105081500+0000',
  ];
  const lines = [...head];
  for (let i = 1, size = head.join('\r').length; size < bytes; i++) {
    const line = `OBX|${i}|NM|2823-3^Potassium^LN||4.${i % 10}|mmol/L|3.5-5.1|N|||F|||20260105081500+0000`;
    lines.push(line);
    size += line.length + 1;
  }
  return `${lines.join('\r')}\r`;
}

const ours: Reader = {
  name: 'wardflow',
  read(text) {
    const read = Hl7Message.parse(text);
    return [
      read.get('MSH-9.1'),
      read.get('MSH-10'),
      read.get('PID-3.1'),
      read.get('PID-5.1'),
      read.get('PV1-3.1'),
      read.get('OBR-4.1'),
      read.get('OBX-5'),
      read.get('OBX-11'),
    ];
  },
  roundTrip: (text) => Hl7Message.parse(text).set('MSH-10', NEW_ID).toString(),
  bytes: (bytes) => Hl7Message.parse(bytes).set('MSH-10', NEW_ID).toBytes(),
};

/** What any round trip costs: a new text of the old one's pieces, which are not looked for. */
const floor: Reader = {
  name: 'floor',
  read: undefined,
  roundTrip: (text) => text.slice(0, ID_AT) + NEW_ID + text.slice(ID_AT + OLD_ID.length),
};

async function reference(): Promise<Reader | undefined> {
  const file = resolve(import.meta.dirname, '../../shared/reference/lazy-hl7.mjs');
  if (!existsSync(file)) return undefined;
  const { Lazy } = (await import(pathToFileURL(file).href)) as { Lazy: new (text: string) => LazyReference };
  return {
    name: 'lazy reference',
    read(text) {
      const read = new Lazy(text);
      const [msh, pid, pv1, obr, obx] = ['MSH', 'PID', 'PV1', 'OBR', 'OBX'].map((name) => read.find(name));
      return [
        read.get(msh ?? 0, 9),
        read.get(msh ?? 0, 10),
        read.get(pid ?? 0, 3),
        read.get(pid ?? 0, 5),
        read.get(pv1 ?? 0, 3),
        read.get(obr ?? 0, 4),
        read.get(obx ?? 0, 5),
        read.get(obx ?? 0, 11),
      ];
    },
    roundTrip: (text) => new Lazy(text).setRaw(0, 10, NEW_ID).toString(),
  };
}

interface MedplumMessage {
  getSegment(name: string): { getComponent(field: number, component: number): string } | undefined;
  header?: { setField(field: number, value: string): boolean };
  toString(): string;
}

async function medplum(): Promise<Reader> {
  const { Hl7Message: Theirs } = (await import('@medplum/core')) as unknown as {
    Hl7Message: { parse(text: string): MedplumMessage & { setField?: unknown } };
  };
  const first = (read: MedplumMessage, segment: string, field: number): string =>
    read.getSegment(segment)?.getComponent(field, 1) ?? '';
  return {
    name: '@medplum/core',
    read(text) {
      const read = Theirs.parse(text);
      return [
        first(read, 'MSH', 9),
        first(read, 'MSH', 10),
        first(read, 'PID', 3),
        first(read, 'PID', 5),
        first(read, 'PV1', 3),
        first(read, 'OBR', 4),
        first(read, 'OBX', 5),
        first(read, 'OBX', 11),
      ];
    },
    roundTrip(text) {
      const read = Theirs.parse(text);
      const header = read.getSegment('MSH') as unknown as { setField(field: number, value: string): boolean };
      header.setField(10, NEW_ID);
      return read.toString();
    },
  };
}

async function nodeHl7Client(): Promise<Reader> {
  const { Message: Theirs } = await import('node-hl7-client');
  return {
    name: 'node-hl7-client',
    read(text) {
      const read = new Theirs({ text });
      const first = (path: string): string => read.get(path).toString();
      return ['MSH.9.1', 'MSH.10', 'PID.3.1', 'PID.5.1', 'PV1.3.1', 'OBR.4.1', 'OBX.5', 'OBX.11'].map(first);
    },
    roundTrip(text) {
      const read = new Theirs({ text });
      read.set('MSH.10', NEW_ID);
      return read.toString();
    },
  };
}

function hl7Parser(): Reader {
  type Fields = readonly (readonly (readonly (readonly string[])[])[])[];
  interface Parsed {
    readonly raw: Readonly<Record<string, readonly { readonly segment: Fields }[]>>;
  }
  const { parse } = createRequire(import.meta.url)('hl7-parser') as {
    parse(this: void, text: string): Parsed;
  };
  // Its numbers for MSH are one too small, as it does not count MSH-1.
  const first = ({ raw }: Parsed, segment: string, field: number): string =>
    raw[segment]?.[0]?.segment[segment === 'MSH' ? field - 1 : field]?.[0]?.[0]?.[0] ?? '';
  return {
    name: 'hl7-parser',
    read(text) {
      const read = parse(text);
      return [
        first(read, 'MSH', 9),
        first(read, 'MSH', 10),
        first(read, 'PID', 3),
        first(read, 'PID', 5),
        first(read, 'PV1', 3),
        first(read, 'OBR', 4),
        first(read, 'OBX', 5),
        first(read, 'OBX', 11),
      ];
    },
    // It cannot write.
    roundTrip: undefined,
  };
}

/** Measures everything; `rounds` is how often each reader has its turn. */
export async function run(rounds = 5): Promise<readonly CodecRow[]> {
  const lazy = await reference();
  const readers = [ours, ...(lazy ? [lazy] : []), await medplum(), await nodeHl7Client(), hl7Parser(), floor];
  const rows: CodecRow[] = [];
  for (const [size, bytes] of [
    ['1 KB', 1_000],
    ['10 KB', 10_000],
    ['1 MB', 1_000_000],
  ] as const) {
    const text = message(bytes);
    for (const reader of readers) assertSame(reader, text);
    for (const task of TASKS) {
      const best = new Map<Reader, number>();
      for (let round = 0; round < rounds; round++) {
        const turn = [...readers.slice(round % readers.length), ...readers.slice(0, round % readers.length)];
        for (const reader of turn) {
          const action = actionOf(task, reader, text);
          if (action) best.set(reader, Math.max(best.get(reader) ?? 0, rate(action)));
        }
      }
      const base = best.get(lazy ?? ours) ?? 1;
      const own = best.get(ours) ?? 1;
      for (const [reader, perSecond] of best) {
        rows.push({
          task,
          size,
          reader: reader.name,
          perSecond: Math.round(perSecond),
          timesBase: Number((base / perSecond).toFixed(2)),
          timesOurs: Number((own / perSecond).toFixed(1)),
        });
      }
    }
  }
  return rows;
}

function assertSame(reader: Reader, text: string): void {
  if (reader.read && reader.read(text).join() !== ours.read?.(text).join())
    throw new Error(`${reader.name} reads other values`);
  // Some leave the last line end out.
  const written = reader.roundTrip?.(text).trimEnd();
  if (written !== undefined && written !== ours.roundTrip?.(text).trimEnd()) {
    throw new Error(`${reader.name} writes another message`);
  }
}

function actionOf(task: CodecRow['task'], reader: Reader, text: string): (() => unknown) | undefined {
  const { read, roundTrip } = reader;
  if (task === 'read 8 fields') return read && (() => read(text));
  if (!roundTrip) return undefined;
  if (task === 'round trip') return () => roundTrip(text);
  const wire = Buffer.from(text);
  const bytes = reader.bytes ?? ((given: Buffer) => Buffer.from(roundTrip(given.toString('utf8')), 'utf8'));
  return () => bytes(wire);
}

let kept = 0;

/** Text that was joined from pieces is put together only when somebody looks at it. */
function looked(result: unknown): number {
  return typeof result === 'string' ? result.charCodeAt(result.length - 1) : 1;
}

/** Times a second of CPU time. */
function rate(action: () => unknown): number {
  let done = 0;
  const started = process.cpuUsage();
  for (;;) {
    for (let i = 0; i < 8 && (i === 0 || done > 8); i++, done++) kept += looked(action());
    const { user, system } = process.cpuUsage(started);
    const seconds = (user + system) / 1e6;
    if (seconds > 0.1) return kept < 0 ? 0 : done / seconds;
  }
}
