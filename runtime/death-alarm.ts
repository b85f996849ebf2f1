/**
 * Alarms of the runtime's own: of dead letters and of stranded work (`stranded-alarm.ts`) of critical definitions.
 *
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
  type LadderStep,
  type NewWork,
} from '../engine/index.ts';
import { alarmLadder } from './alarm-ladder.ts';
import { runtimeErrors } from './errors.ts';
import { alarmOfStranded, isTakenUp, STRANDED_NAME, type Owed, type StrandedData } from './stranded-alarm.ts';
import { WatchedAlarms } from './watched-alarms.ts';

/** No definition has such a name. */
export const ALARM_SOURCE = '~dead-letters-of-critical-flows';
/** No node may give an escalation a name with a space in it. */
export const ALARM_NAME = 'dead letter';
const LADDER = 'trouble of critical flows';
const LEASE_MS = 60_000;
const CAPACITY = 4;
/** Between two looks for stranded work. */
const LOOK_MS = 5 * 60_000;
/** Beyond this many open ladders at once (an EHR that refuses everything), each further dead letter is told of once. */
const MOST_LADDERS = 100;

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
  /** Sources are being replaced: nothing counts as stranded until `check`. */
  hold(): void;
  /** Sources are as they are going to be: what no flow takes is stranded. */
  check(): void;
  stop(): void;
}

export function createDeathAlarm(
  engine: Engine,
  definitionOf: (work: Owed) => Promise<Definition | undefined>,
): DeathAlarm {
  const { clock, dispatcher, escalations, ids, live, log, store } = engine;
  const watched = new WatchedAlarms(store, ALARM_SOURCE, endIfGone);
  let held = true;
  let cancelLook: (() => void) | undefined;
  let remove: (() => void) | undefined;
  let unsubscribe: (() => void) | undefined;

  async function take(work: ClaimedWork): Promise<void> {
    const data = work.child?.data as AlarmData | StrandedData | EscalationChildData | undefined;
    if (data?.kind === 'critical-death' || data?.kind === 'stranded') await begin(work, data);
    else if (data?.kind === 'step') await tell(work, data.escalationId, data.step);
  }

  async function begin(work: ClaimedWork, data: AlarmData | StrandedData): Promise<void> {
    const name = data.kind === 'stranded' ? STRANDED_NAME : ALARM_NAME;
    // One for a message and its flow: steps of its ladder that die as well are part of the same trouble. Another flow has
    // other people.
    const open = await store.escalations.list({ messageId: work.messageId, states: ['open'] });
    const isSame = (one: Escalation): boolean =>
      one.subscription === ALARM_SOURCE && one.name === name && one.definition === work.definition;
    if (open.some(isSame)) return undefined;
    const [first] = data.steps;
    if (first && watched.size >= MOST_LADDERS)
      return say(work, `${data.workId}/${data.attempt}`, null, work.messageId, first);
    const { escalation } = await escalations.start({
      work,
      definition: work.definition,
      source: ALARM_SOURCE,
      name,
      discriminator: `${data.workId}/${data.attempt}`,
      lane: 'stat',
      ladder: LADDER,
      ladderVersion: '1',
      steps: data.steps,
      exhausted: 'keep-last',
      title: data.title,
      watch: null,
      carry: data.kind === 'stranded' ? { workId: data.workId } : null,
    });
    watched.add(escalation);
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

  /** Somebody has seen to it: there is nothing left to look at. */
  async function endIfGone(alarm: Escalation): Promise<boolean> {
    const { id, name, messageId, definition, carry } = alarm;
    const isStranded = name === STRANDED_NAME;
    const work = isStranded ? [] : await store.work.ofMessage(messageId);
    const isGone = isStranded
      ? await isTakenUp(engine, carry)
      : !work.some((one) => one.state === 'dead' && one.definition === definition);
    if (!isGone) return false;
    const reason = isStranded
      ? 'a flow takes the work again, or it was discarded'
      : 'the dead letter was redriven or discarded';
    await escalations.cancel(id, { actor: 'system', via: 'system', reason });
    watched.remove(alarm);
    return true;
  }

  async function lookForStranded(): Promise<void> {
    if (held) return;
    const begun = await alarmOfStranded(engine, ALARM_SOURCE, (work) => definitionOf(work).catch(unreadable));
    if (begun > 0) dispatcher.wake();
  }

  function look(): void {
    cancelLook?.();
    cancelLook = clock.at(clock.now() + LOOK_MS, look);
    lookForStranded()
      .then(() => watched.lookAtAll())
      .catch(failed);
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
        if (change.kind === 'message' && watched.has(change.id)) watched.look(change.id).catch(failed);
        else if (change.kind === 'gap') watched.lookAtAll().catch(failed);
      });
      look();
    },
    hold() {
      held = true;
    },
    check() {
      held = false;
      look();
    },
    stop() {
      cancelLook?.();
      remove?.();
      unsubscribe?.();
    },
  };
}

function ladder(definition: Definition): readonly LadderStep[] {
  return alarmLadder(definition, {
    what: `A message of "${definition.intent.title}" could not be processed.`,
    operations: 'Open it: what it says may be critical, and people may not have been told.',
    owner: 'Find out what it says, and act on it by other means.',
    after15: 'It has been a dead letter for 15 minutes and nobody has answered.',
    after30: 'It is still a dead letter, and nobody has answered.',
  });
}
