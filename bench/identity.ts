/**
 * What it costs to know the patient of a message: of one who is new, and of one who is known and of whom the same is said as before.
 * One message at a time through the identity service on a real file, by the rules that are shipped; the messages are parsed before.
 * Processor time is that of the whole process with all its threads.
 *
 *     npm run bench identity
 */
import { fail } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, Hl7Message, loadDefinitions, silentLog, type EventContext } from '../engine/index.ts';
import { benchMessage } from './kit/load.ts';

export interface IdentityRow {
  readonly patients: string;
  readonly messages: number;
  readonly perSecond: number;
  readonly cpuMicrosEach: number;
  readonly flowsCpuMicrosEach: number;
}

const MESSAGES = Number(process.env['BENCH_MESSAGES'] ?? 10_000);
const PATIENTS = 1000;

export async function run(): Promise<readonly IdentityRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wardflow-bench-'));
  const { all } = await loadDefinitions(join(import.meta.dirname, '..', 'flows'));
  const rules = all.flatMap(({ identity }) => identity ?? []).at(0) ?? fail('nothing says how patients are matched');
  const engine = await createEngine({
    environment: 'bench',
    dataFolder: folder,
    bindings: { feeds: {}, endpoints: {} },
    log: silentLog,
  });
  let sent = 0;
  async function measure(patients: string, count: number, first: number, of: number): Promise<IdentityRow> {
    const messages = Array.from({ length: count }, (_, index) =>
      Hl7Message.parse(benchMessage('adt-oru', `I${sent + index}`, first + (index % of))),
    );
    const cpu = process.cpuUsage();
    const own = process.threadCpuUsage();
    const started = performance.now();
    for (const message of messages) {
      const receivedAt = Date.now();
      const id = `m${sent++}`;
      const context: EventContext = { receivedAt, correlationId: id, zone: null, mode: 'live' };
      await engine.identities.ofHl7(id, message, context, rules, {
        delivery: { firstAt: receivedAt, repeated: false },
      });
    }
    const seconds = (performance.now() - started) / 1000;
    const micros = ({ user, system }: NodeJS.CpuUsage): number => Number(((user + system) / count).toFixed(1));
    return {
      patients,
      messages: count,
      perSecond: Math.round(count / seconds),
      cpuMicrosEach: micros(process.cpuUsage(cpu)),
      flowsCpuMicrosEach: micros(process.threadCpuUsage(own)),
    };
  }
  try {
    await measure('warm up', PATIENTS, 0, PATIENTS);
    return [
      await measure('known, asked of the store', PATIENTS, 0, PATIENTS),
      await measure('known, same said a moment ago', MESSAGES, 0, PATIENTS),
      await measure('new', 2000, PATIENTS, 2000),
    ];
  } finally {
    await engine.stop(1000);
    rmSync(folder, { recursive: true });
  }
}
