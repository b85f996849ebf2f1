/**
 * The switches that are kept in the store, held in memory since each claim asks. Their times are clock timers, set anew at
 * each start. Other runtimes on the same store set switches too: it is asked again now and then.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import type { Log, LogFields } from '../base/log.ts';
import type { LiveFeed } from '../engine.ts';
import { Alarm } from '../schedule/alarm.ts';
import { LANES, SWITCH_KINDS, SWITCH_MODES } from '../store/contract/index.ts';
import type { Switch, Switches, SwitchKind, SwitchMode } from '../store/contract/index.ts';
import type { OperatorControls, SwitchRequest } from './controls.ts';
import { operationErrors } from './errors.ts';

export interface OperatorControlsOptions {
  readonly switches: Switches;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly onStoreFailure: (error: unknown) => void;
  /** How often the store is asked what others have set. */
  readonly refreshMs?: Millis;
}

export interface RunningControls extends OperatorControls {
  stop(): void;
}

const REFRESH_MS = 15_000;
const LONGEST_REASON = 500;
const LONGEST_NAME = 128;
/** The later, the stricter. */
const STRICTNESS: readonly SwitchMode[] = ['hold', 'refuse', 'close'];

/** Resolves when it is known what is stopped: nothing may be taken up before. */
export async function createOperatorControls(options: OperatorControlsOptions): Promise<RunningControls> {
  const { switches, clock, ids, log, live, onStoreFailure, refreshMs = REFRESH_MS } = options;
  const listeners = new Set<() => void>();
  let all: readonly Switch[] = await switches.list(clock.now());
  let inForce = new Map<string, Switch>();
  let running = true;
  let nextRefresh = clock.now() + refreshMs;

  const alarm = new Alarm(clock, () => void look());

  async function look(): Promise<void> {
    if (clock.now() >= nextRefresh) {
      nextRefresh = clock.now() + refreshMs;
      try {
        all = await switches.list(clock.now());
      } catch (error) {
        onStoreFailure(error);
      }
    }
    if (running) apply();
  }

  function apply(): void {
    const now = clock.now();
    const before = inForce;
    all = all.filter(({ until }) => until === null || until > now);
    inForce = new Map();
    for (const one of all) {
      if (one.from > now) continue;
      const held = inForce.get(keyOf(one.kind, one.name));
      if (!held || STRICTNESS.indexOf(one.mode) > STRICTNESS.indexOf(held.mode))
        inForce.set(keyOf(one.kind, one.name), one);
    }
    const edges = all.flatMap(({ from, until }) => [from, until]).filter((at) => at !== null && at > now);
    alarm.ring(Math.min(nextRefresh, ...edges.map(Number)));
    tell(before, inForce);
  }

  function tell(before: ReadonlyMap<string, Switch>, after: ReadonlyMap<string, Switch>): void {
    const changed = [...before.values(), ...after.values()].filter(
      ({ kind, name }) => before.get(keyOf(kind, name))?.id !== after.get(keyOf(kind, name))?.id,
    );
    if (changed.length === 0) return;
    for (const { id, kind, name } of changed) {
      live.publish({ kind: 'switch', name: id });
      if (kind === 'feed' || kind === 'endpoint') live.publish({ kind, name });
    }
    for (const listener of listeners) listener();
  }

  apply();

  return {
    async set(request) {
      const one = checked(request, ids.next(), clock.now());
      const { id, kind, name, mode, from, until, reason, actor, setAt } = one;
      await switches.set(one, {
        at: setAt,
        type: 'switch.set',
        actor,
        details: { switch: id, kind, name, mode, from: timeText(from), until: until === null ? null : timeText(until) },
        reason,
      });
      log.warn('An operator stopped something.', { ...fieldsOf(one), state: mode });
      all = [...all, one];
      live.publish({ kind: 'switch', name: id });
      apply();
      return one;
    },
    async clear(id, { actor, reason }) {
      const one = all.find((each) => each.id === id);
      const cleared = await switches.clear(id, {
        at: clock.now(),
        type: 'switch.cleared',
        actor,
        details: { switch: id, kind: one?.kind ?? null, name: one?.name ?? null },
        ...(reason !== undefined && { reason }),
      });
      if (!cleared) return 'unknown';
      log.info('An operator let something go on.', one ? fieldsOf(one) : {});
      all = all.filter((each) => each.id !== id);
      live.publish({ kind: 'switch', name: id });
      apply();
      return 'cleared';
    },
    list() {
      const now = clock.now();
      return all
        .filter(({ until }) => until === null || until > now)
        .map((one) => ({ ...one, inForce: one.from <= now }));
    },
    inForce: (kind, name) => inForce.get(keyOf(kind, name)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      running = false;
      alarm.off();
    },
  };
}

const fieldsOf = ({ kind, name }: Switch): LogFields => (kind === 'lane' ? { part: `lane ${name}` } : { [kind]: name });
const keyOf = (kind: SwitchKind, name: string): string => `${kind} ${name}`;
const timeText = (at: Millis): string => new Date(at).toISOString();

function checked(request: SwitchRequest, id: string, now: Millis): Switch {
  const { kind, name, mode = 'hold', actor, from = now, until = null } = request;
  const reason = request.reason.trim();
  const refuse = (why: string): never => {
    throw operationErrors.create('switch-invalid', { reason: why });
  };
  if (!SWITCH_KINDS.includes(kind)) refuse(`kind takes ${SWITCH_KINDS.join(', ')}`);
  if (name === '' || name.length > LONGEST_NAME) refuse(`name takes 1 to ${LONGEST_NAME} characters`);
  if (kind === 'lane' && !LANES.some((lane) => lane === name)) refuse(`the lanes are ${LANES.join(', ')}`);
  if (!SWITCH_MODES.includes(mode)) refuse(`mode takes ${SWITCH_MODES.join(', ')}`);
  if (mode !== 'hold' && kind !== 'feed') refuse('only a feed can refuse or be closed');
  if (reason === '' || reason.length > LONGEST_REASON) refuse(`reason takes 1 to ${LONGEST_REASON} characters`);
  if (!Number.isFinite(from) || (until !== null && !Number.isFinite(until))) refuse('a time is not a time');
  if (until !== null && until <= Math.max(from, now)) refuse('its end lies before its beginning or in the past');
  return { id, kind, name, mode, reason, actor, setAt: now, from: Math.max(from, now), until };
}
