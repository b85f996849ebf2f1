/**
 * Events of a message of half a kilobyte, parsing included: CPU microseconds, the best of some rounds. `results and discharges`
 * asks no store; `all` asks it once where the state before matters, which is not measured here.
 *
 *     npm run bench events
 */
import { Hl7Message, NOTHING_KNOWN, readEvents, statedEvents, type EventContext } from '../engine/index.ts';
import { adt, oru, potassium } from '../test/kit/hl7-messages.ts';

export interface EventsRow {
  readonly message: string;
  readonly bytes: number;
  readonly statedUs: number;
  readonly allUs: number;
  readonly events: number;
}

const ROUNDS = 7;
const MESSAGES = 3000;
const GIVEN: EventContext = { receivedAt: 1_772_000_000_000, correlationId: 'bench', zone: null, mode: 'live' };

const TEXTS: Readonly<Record<string, (n: number) => string>> = {
  'ORU^R01': (n) => oru({ controlId: `C${n}`, patient: `P${n}`, observations: [potassium('4.1')] }),
  'ADT^A01': (n) => adt('A01', `C${n}`, `P${n}`),
  'ADT^A08': (n) => adt('A08', `C${n}`, `P${n}`),
};

export function run(): readonly EventsRow[] {
  return Object.entries(TEXTS).map(([message, text]) => {
    const texts = Array.from({ length: MESSAGES }, (_, n) => text(n));
    const all = (parsed: Hl7Message): number => readEvents(parsed, GIVEN).events(NOTHING_KNOWN).length;
    return {
      message,
      bytes: Buffer.byteLength(texts[0] ?? ''),
      statedUs: best(texts, (parsed) => statedEvents(parsed, GIVEN).length),
      allUs: best(texts, all),
      events: all(Hl7Message.parse(texts[0] ?? '')),
    };
  });
}

function best(texts: readonly string[], read: (message: Hl7Message) => number): number {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const cpu = process.cpuUsage();
    for (const text of texts) read(Hl7Message.parse(text));
    const { user, system } = process.cpuUsage(cpu);
    least = Math.min(least, (user + system) / texts.length);
  }
  return Math.round(least * 10) / 10;
}

if (import.meta.main) console.table(run());
