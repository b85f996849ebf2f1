/** Four days of two service lines in a real store, and its report as the runtime gives it. Synthetic, by a fixed seed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createShiftReports,
  openStore,
  silentLog,
  systemClock,
  type Store,
  type TaskEvent,
  type TaskState,
} from '../../engine/index.ts';
import { alertOf, escalationOf, taskOf } from './people-builders.ts';
import { seededRandom } from './seeded-random.ts';
import { acceptOne, auditEntry, newChild } from './store-builders.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const LINES: Readonly<Record<string, string>> = { lab: 'Laboratory', beds: 'Bed management' };
const ROLES = ['ward nurse', 'transport', 'on-call physician'];
const BY = { actor: 'user:ana', via: 'console', reason: null } as const;

export interface ShiftStore {
  readonly store: Store;
  report(query: URLSearchParams): Promise<unknown>;
  /** One more task, made now. */
  addTask(): Promise<void>;
  stop(): Promise<void>;
}

export async function startShiftStore(now: number, tasks: number): Promise<ShiftStore> {
  const folder = await mkdtemp(join(tmpdir(), 'wardflow-shift-store-'));
  const store = await openStore({ folder, log: silentLog });
  const next = seededRandom(7);
  const random = {
    chance: (share: number): boolean => next() < share,
    between: (least: number, most: number): number => least + Math.floor(next() * (most - least + 1)),
  };
  const item = await acceptOne(store);
  const reports = createShiftReports({
    spans: store.spans,
    clock: systemClock,
    serviceLineOf: (definition) => LINES[definition] ?? null,
  });
  let made = 0;

  async function task(createdAt: number): Promise<void> {
    const id = `t${++made}`;
    const definition = random.chance(0.6) ? 'lab' : 'beds';
    const wait = random.between(1, 50) * MINUTE;
    const acknowledgedAt = createdAt + wait < now && random.chance(0.85) ? createdAt + wait : null;
    const done = acknowledgedAt === null ? null : acknowledgedAt + random.between(5, 120) * MINUTE;
    const endedAt = done !== null && done < now && random.chance(0.8) ? done : null;
    const open: TaskState = acknowledgedAt === null ? 'requested' : random.chance(0.2) ? 'on-hold' : 'in-progress';
    const one = taskOf(item, id, {
      definition,
      serviceLine: LINES[definition] ?? null,
      assigned: { role: ROLES[random.between(0, 2)] ?? null, unit: null, person: null },
      state: endedAt === null ? open : 'completed',
      createdAt,
      stateSince: endedAt ?? acknowledgedAt ?? createdAt,
      dueAt: createdAt + 2 * HOUR,
      acknowledgedAt,
      endedAt,
    });
    const event: TaskEvent = { kind: 'created', at: createdAt, actor: 'flow:lab', via: 'flow', reason: null };
    await store.tasks.create(one, event, auditEntry('task.opened'));
    if (endedAt === null || !random.chance(0.1)) return;
    const overridden: TaskEvent = { kind: 'overridden', what: 'a', instead: 'b', at: endedAt, ...BY };
    const change = { seen: 1, next: { ...one, version: 2 }, event: overridden, child: null };
    await store.tasks.change(id, { ...change, audit: auditEntry('task.overridden') });
  }

  async function alert(nth: number, startedAt: number): Promise<void> {
    const closedAt = startedAt + random.between(1, 60) * MINUTE;
    const reason = random.chance(0.2) ? ('false-positive' as const) : ('other' as const);
    const ended = closedAt < now ? { by: 'user:ana', at: closedAt, dismissal: { reason, text: null } } : null;
    const one = alertOf(item, `a${nth}`, { definition: 'lab', startedAt, state: ended ? 'closed' : 'open', ended });
    await store.alerts.raise(one, newChild(item, `c${nth}`), auditEntry('alert.started'));
    const { group, policy, definition, messageId, tier } = one;
    for (let n = random.between(0, 4); n > 0; n--)
      await store.alerts.heldBack({
        at: startedAt,
        group,
        policy,
        definition,
        messageId,
        tier,
        because: 'joined',
        by: 'x',
      });
  }

  const ago = (): number => now - random.between(1, 100 * 60) * MINUTE;
  await Promise.all(Array.from({ length: tasks }, () => task(ago())));
  await Promise.all(Array.from({ length: Math.ceil(tasks / 4) }, (_, nth) => alert(nth, ago())));
  await Promise.all(
    Array.from({ length: Math.ceil(tasks / 10) }, (_, nth) => {
      const taken = random.between(1, 3);
      const state = taken === 3 ? ('exhausted' as const) : ('open' as const);
      const steps = [0, 10, 30].map((after) => ({
        afterMs: after * MINUTE,
        to: 'role:x',
        channel: 'console',
        text: 'x',
      }));
      const over = { definition: 'lab', startedAt: ago(), steps, nextStep: taken, nextAt: null, state };
      return store.escalations.start(escalationOf(item, `e${nth}`, over));
    }),
  );

  return {
    store,
    report: (query) =>
      reports.read({
        from: Number(query.get('from')),
        to: Number(query.get('to')),
        zone: query.get('zone') ?? 'UTC',
        serviceLine: query.get('serviceLine'),
      }),
    addTask: () => task(Date.now() - 1),
    async stop() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
