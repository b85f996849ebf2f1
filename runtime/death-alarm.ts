/**
 * A message of a definition whose risk is critical may be the one that costs a life: when it becomes a dead letter, an
 * escalation of its own tells people until somebody acknowledges it or the dead letter is gone.
 *
 * It begins as a child item in the commit of the death, so that no crash lies between the two. Its source is the runtime's
 * own and no definition's: neither stopping a definition nor what its flow does with dead letters keeps it from telling.
 */
import {
  failureOf,
  tellConsole,
  WardflowError,
  type ClaimedWork,
  type Definition,
  type Engine,
  type Escalation,
  type EscalationChildData,
  type Failure,
  type Intent,
  type LadderStep,
  type NewWork,
} from '../engine/index.ts';
import { runtimeErrors } from './errors.ts';

/** No definition has such a name. */
export const ALARM_SOURCE = '~dead-letters-of-critical-flows';
/** No node may give an escalation a name with a space in it. */
export const ALARM_NAME = 'dead letter';
const LADDER = 'dead letters of critical flows';
const LEASE_MS = 60_000;
const CAPACITY = 4;
const MINUTE_MS = 60_000;
/** Beyond this many open ladders at once (an EHR that refuses everything), each further dead letter is told of once. */
const MOST_LADDERS = 100;
/** Open alarms that are ended as soon as their dead letter is gone; others end before their next step. */
const MOST_WATCHED = 1000;

interface AlarmData {
  readonly kind: 'critical-death';
  readonly workId: string;
  readonly attempt: number;
  readonly code: string;
  readonly title: string;
  readonly steps: readonly LadderStep[];
}

export interface DeathAlarm {
  /** What begins with the death of an item: one child, or none where its definition is not critical. */
  children(work: ClaimedWork, failure: Failure, at: number): Promise<readonly NewWork[]>;
  /** Takes up its own items. */
  start(): void;
  stop(): void;
}

export function createDeathAlarm(
  engine: Engine,
  definitionOf: (work: ClaimedWork) => Promise<Definition | undefined>,
): DeathAlarm {
  const { dispatcher, escalations, ids, live, log, store } = engine;
  /** Message -> open alarm. */
  const watched = new Map<string, Set<string>>();
  let remove: (() => void) | undefined;
  let unsubscribe: (() => void) | undefined;

  async function take(work: ClaimedWork): Promise<void> {
    const data = work.child?.data as AlarmData | EscalationChildData | undefined;
    if (data?.kind === 'critical-death') await begin(work, data);
    else if (data?.kind === 'step') await tell(work, data.escalationId, data.step);
  }

  async function begin(work: ClaimedWork, data: AlarmData): Promise<void> {
    // One for a message and its flow: steps of its ladder that die as well are part of the same trouble. Another flow has
    // other people.
    const open = await store.escalations.list({ messageId: work.messageId, states: ['open'] });
    const isSame = (one: Escalation): boolean =>
      one.subscription === ALARM_SOURCE && one.definition === work.definition;
    if (open.some(isSame)) return undefined;
    const [first] = data.steps;
    if (first && watched.size >= MOST_LADDERS)
      return say(work, `${data.workId}/${data.attempt}`, null, work.messageId, first);
    const { escalation } = await escalations.start({
      work,
      definition: work.definition,
      source: ALARM_SOURCE,
      name: ALARM_NAME,
      discriminator: `${data.workId}/${data.attempt}`,
      lane: 'stat',
      ladder: LADDER,
      ladderVersion: '1',
      steps: data.steps,
      exhausted: 'keep-last',
      title: data.title,
      watch: null,
      carry: null,
    });
    watch(escalation);
  }

  async function tell(work: ClaimedWork, escalationId: string, step: number): Promise<void> {
    const escalation = await store.escalations.get(escalationId);
    if (escalation?.state !== 'open' || (await endIfGone(escalation))) return;
    const told = escalation.steps[Math.min(step, escalation.steps.length - 1)];
    if (told) await say(work, `${escalationId}/${step}`, escalationId, escalation.messageId, told);
  }

  async function say(
    work: ClaimedWork,
    discriminator: string,
    escalationId: string | null,
    messageId: string,
    { to, text }: LadderStep,
  ): Promise<void> {
    const about = { work, name: ALARM_NAME, discriminator, escalationId, messageId };
    const result = await tellConsole(engine, { ...about, lane: 'stat', to, text });
    if (result.kind === 'failed') throw runtimeErrors.create('alarm-not-told');
  }

  /** Somebody redrove or discarded it: there is nothing left to look at. */
  async function endIfGone({ id, messageId, definition }: Escalation): Promise<boolean> {
    const work = await store.work.ofMessage(messageId);
    if (work.some((one) => one.state === 'dead' && one.definition === definition)) return false;
    const reason = 'the dead letter was redriven or discarded';
    await escalations.cancel(id, { actor: 'system', via: 'system', reason });
    watched.get(messageId)?.delete(id);
    return true;
  }

  function watch({ id, messageId }: Escalation): void {
    const alarms = watched.get(messageId) ?? new Set();
    watched.set(messageId, alarms.add(id));
    if (watched.size > MOST_WATCHED) watched.delete(watched.keys().next().value ?? '');
  }

  async function look(messageId: string): Promise<void> {
    for (const id of watched.get(messageId) ?? []) {
      const escalation = await store.escalations.get(id);
      if (escalation?.state === 'open') await endIfGone(escalation);
      else watched.get(messageId)?.delete(id);
    }
    if (watched.get(messageId)?.size === 0) watched.delete(messageId);
  }

  async function watchOpen(): Promise<void> {
    const open = await store.escalations.list({ states: ['open'], limit: 500 });
    for (const escalation of open) if (escalation.subscription === ALARM_SOURCE) watch(escalation);
    for (const messageId of watched.keys()) await look(messageId);
  }

  const failed = (error: unknown): void => log.warn('an alarm of a dead letter could not be looked at', { error });

  /** Files that cannot be read must not keep the item from ending; a store that does not answer keeps it in any case. */
  const unreadable = (error: unknown): undefined => {
    if (error instanceof WardflowError && error.failureClass !== 'permanent') throw error;
    log.error('it is not known whether a dead letter is critical', { error });
  };

  return {
    async children(work, { code }, at) {
      if (work.subscription === ALARM_SOURCE) return [];
      const definition = await definitionOf(work).catch(unreadable);
      if (definition?.intent.risk !== 'critical') return [];
      const { id, attempt, messageId, correlationId, traceparent } = work;
      const title = `Dead letter of ${definition.intent.title}: ${code}`;
      const data: AlarmData = { kind: 'critical-death', workId: id, attempt, code, title, steps: ladder(definition) };
      const child = { parentWorkId: id, key: `alarm/${id}/${attempt}`, kind: 'dead-letter', data } as const;
      return [
        {
          id: ids.next(),
          messageId,
          subscription: ALARM_SOURCE,
          definition: work.definition,
          lane: 'stat',
          orderingKey: null,
          afterDead: 'continue',
          correlationId,
          traceparent,
          createdAt: at,
          child,
        },
      ];
    },
    start() {
      remove = dispatcher.addSource({
        id: ALARM_SOURCE,
        definition: ALARM_SOURCE,
        capacity: CAPACITY,
        leaseMs: LEASE_MS,
        deliver(work) {
          take(work)
            .then(() => ({ kind: 'done' }) as const)
            .catch((error: unknown) => {
              failed(error);
              return { kind: 'failed', failure: failureOf(runtimeErrors.create('alarm-not-told')) } as const;
            })
            .then((outcome) => dispatcher.finish(work, { outcome, trace: [], version: null }))
            .catch(failed);
        },
      });
      unsubscribe = live.subscribe((change) => {
        if (change.kind === 'message' && watched.has(change.id)) look(change.id).catch(failed);
      });
      watchOpen().catch(failed);
    },
    stop() {
      remove?.();
      unsubscribe?.();
    },
  };
}

/** Operations at once, and whoever answers for the flow; then again and again, out of hours as well. */
function ladder({ intent }: Definition): readonly LadderStep[] {
  const { owner, queue, fallback, outOfHours } = peopleOf(intent);
  const what = `A message of "${intent.title}" could not be processed.`;
  const step = (minutes: number, to: string, text: string): LadderStep => ({
    afterMs: minutes * MINUTE_MS,
    to,
    channel: 'console',
    text: `${what} ${text}`,
  });
  return [
    step(0, 'operations', 'Open it: what it says may be critical, and people may not have been told.'),
    step(0, queue ?? owner, fallback ?? 'Find out what it says, and act on it by other means.'),
    step(15, outOfHours ?? owner, 'It has been a dead letter for 15 minutes and nobody has answered.'),
    step(30, outOfHours ?? owner, 'It is still a dead letter, and nobody has answered.'),
  ];
}

interface People {
  readonly owner: string;
  readonly queue: string | undefined;
  readonly fallback: string | undefined;
  readonly outOfHours: string | undefined;
}

/** intent.json is checked when it is loaded; here only for what may be absent. */
function peopleOf(intent: Intent): People {
  const fallback = intent['fallback'] as { readonly queue: string; readonly text: string } | undefined;
  const outOfHours = intent['contactOutOfHours'];
  return {
    owner: intent.owner.name,
    queue: fallback?.queue,
    fallback: fallback?.text,
    outOfHours: typeof outOfHours === 'string' ? outOfHours : undefined,
  };
}
