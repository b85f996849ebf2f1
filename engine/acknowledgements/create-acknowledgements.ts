/**
 * Who answers when (docs/decisions/0015): flows through `answer`, and the engine where all work of a message has ended or its
 * deadline has passed. The store holds all of it; in memory are the connections that wait, one alarm for the next moment,
 * and the messages of this life that may end unanswered, so that this is seen at once. What is missed is found by the next round.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { LiveFeed } from '../engine.ts';
import type { FrameConnection } from '../mllp/connection.ts';
import { Alarm } from '../schedule/alarm.ts';
import type {
  AcknowledgementMaker,
  AcknowledgementRecord,
  AuditEntry,
  MakeAcknowledgement,
  MakeOutcome,
  Store,
} from '../store/contract/index.ts';
import { acknowledgementMessage, INTERNAL_ERROR } from './acknowledgement-message.ts';
import type { AcknowledgementService, AnswerContent } from './acknowledgement-service.ts';
import { EndpointCourier, type SendToEndpoint } from './endpoint-courier.ts';
import { acknowledgementErrors } from './errors.ts';
import { SenderConnections } from './sender-connections.ts';

export interface AcknowledgementsOptions {
  readonly store: Pick<Store, 'journal' | 'acknowledgements' | 'ordered'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: () => number;
  readonly log: Log;
  readonly live: LiveFeed;
  readonly send: SendToEndpoint;
  readonly onStoreFailure: (error: unknown) => void;
  /** Of a feed, where one is set. */
  readonly fallbackCharset?: (feed: string) => string | undefined;
}

/** What intake tells of messages whose sender is owed an answer. */
export interface OwedAnswers {
  /** Accepted with what is owed: the answer goes to this connection, where it goes to no endpoint. */
  accepted(message: AcceptedOwed, connection: FrameConnection): void;
  /** The same came again: what is made goes along with the accept acknowledgement. */
  resent(first: string, connection: FrameConnection): void;
  /** The accept acknowledgement of the message (or of its resend) has left there, or none is to. */
  opened(messageId: string, connection: FrameConnection): void;
  /** It could not leave: its sender comes again. */
  missed(messageId: string, connection: FrameConnection): void;
}

export interface AcceptedOwed {
  readonly messageId: string;
  readonly dueAt: Millis;
  readonly endpoint: string | null;
  /** It is made already. */
  readonly made: boolean;
}

export interface RunningAcknowledgements extends AcknowledgementService, OwedAnswers {
  start(): void;
  /** Resolves when nothing is being made or sent. */
  stop(): Promise<void>;
}

/** Made or tried together; between two batches others get their turn at the store. */
const BATCH = 100;
/** Finds what nobody told of: another process, messages of an earlier life, a clock that was set. */
const POLL_MS = 5000;
const RECHECK_MS = 1000;
/** Messages of this life that are looked at as soon as something changes with them; the rounds find the others. */
const MOST_WATCHED = 50_000;

type ByEngine = Exclude<AcknowledgementMaker, 'flow'>;

/** What the sender reads where the engine answers, and what the audit trail says. */
const BY_ENGINE: Readonly<
  Record<ByEngine, { readonly error: Parameters<typeof acknowledgementErrors.create>[0]; readonly why: string }>
> = {
  deadline: { error: 'acknowledgement-late', why: 'no flow answered in time' },
  ended: { error: 'acknowledgement-missing', why: 'its processing ended without an answer' },
  unrouted: { error: 'acknowledgement-unrouted', why: 'no flow takes it' },
};

/** AE with ERR-3 207: the answer that the engine makes by itself. */
export function engineAnswer(by: ByEngine): AnswerContent {
  const { message: text } = acknowledgementErrors.create(BY_ENGINE[by].error);
  return { code: 'AE', text, error: { code: INTERNAL_ERROR, text } };
}

/** MSH-10 of answers, as of other messages, has at most twenty characters in the older versions. */
const CONTROL_ID_LENGTH = 20;

export function createAcknowledgements(options: AcknowledgementsOptions): RunningAcknowledgements {
  const { store, clock, ids, live, onStoreFailure } = options;
  const { acknowledgements, journal } = store;
  const log = options.log.with({ part: 'acknowledgements' });
  const watched = new Set<string>();
  let changed = new Set<string>();
  let checking: Promise<void> | null = null;
  let round: Promise<void> | null = null;
  let again = false;
  let running = false;
  const alarm = new Alarm(clock, look);

  async function delivered(messageId: string): Promise<void> {
    await acknowledgements.delivered(messageId, clock.now());
    live.publish({ kind: 'message', id: messageId });
  }
  const bytes = async (messageId: string): Promise<Uint8Array | undefined> =>
    (await acknowledgements.bytes(messageId)) ?? bareAnswer(messageId);
  const connections = new SenderConnections({ bytes, delivered, onStoreFailure });
  const courier = new EndpointCourier({ ...options, log, acknowledgements, bytes, delivered });

  /** Follows what was made, now that it is durable. */
  function follow(outcome: MakeOutcome): void {
    if (outcome.kind === 'open' || outcome.kind === 'not-owed') return;
    const { messageId, endpoint } = outcome.record;
    unwatch(messageId);
    if (outcome.kind === 'made-before') return;
    if (outcome.kind === 'unwanted') connections.drop(messageId);
    else if (endpoint === null) connections.made(messageId);
    else look();
    live.publish({ kind: 'message', id: messageId });
  }

  async function make(request: MakeAcknowledgement): Promise<MakeOutcome> {
    const outcome = await acknowledgements.make(request);
    follow(outcome);
    return outcome;
  }

  const newControlId = (): string => ids.next().slice(-CONTROL_ID_LENGTH);

  /** Of a message whose body has gone with its retention, and the answer's own segments with it: code and control id are left. */
  async function bareAnswer(messageId: string): Promise<Uint8Array | undefined> {
    const record = await acknowledgements.get(messageId);
    const entry = record?.code && (await journal.get(messageId));
    if (!record?.code || !entry) return undefined;
    const { controlId, type, sender } = entry;
    const header = `MSH|^~\\&|${sender ?? '|'}|||||${type ?? ''}|${controlId ?? ''}|P|2.5.1`.replaceAll(/\p{Cc}/gu, '');
    const numbered = { controlId: newControlId(), now: clock.now(), ownConnection: record.endpoint !== null };
    return acknowledgementMessage(Buffer.from(header), { code: record.code }, numbered);
  }

  async function makeOurselves(
    { messageId, endpoint }: AcknowledgementRecord,
    by: 'deadline' | 'ended',
  ): Promise<void> {
    const now = clock.now();
    const { why } = BY_ENGINE[by];
    const numbered = { controlId: newControlId(), now, ownConnection: endpoint !== null };
    const answer = acknowledgementMessage(await journal.bytes(messageId), engineAnswer(by), numbered);
    const audit: AuditEntry = {
      at: now,
      type: 'acknowledgement.made',
      actor: 'system',
      messageId,
      details: { code: 'AE', why },
    };
    const outcome = await make({ messageId, code: 'AE', bytes: answer, by, definition: null, at: now, audit: [audit] });
    if (outcome.kind === 'made')
      log.warn('A message was answered AE by the engine.', { messageId, code: BY_ENGINE[by].error });
  }

  async function lapse({ messageId, feed }: AcknowledgementRecord): Promise<void> {
    const audit: AuditEntry = {
      at: clock.now(),
      type: 'acknowledgement.lapsed',
      actor: 'system',
      messageId,
      details: { feed },
    };
    if (!(await acknowledgements.lapse(messageId, audit))) return;
    connections.drop(messageId);
    log.warn('An acknowledgement was given up: nobody took it while its message could come again.', { messageId });
    live.publish({ kind: 'message', id: messageId });
  }

  /** Looks at what is due, and at what has ended unanswered. */
  function look(): void {
    if (!running) return;
    if (round) {
      again = true;
      return;
    }
    again = false;
    round = lookAtAll().finally(() => {
      round = null;
      if (again) look();
    });
  }

  const resting = new Set<string>();

  async function lookAtAll(): Promise<void> {
    try {
      let lookedAt: Millis;
      for (;;) {
        const now = clock.now();
        lookedAt = now;
        for (const endpoint of resting)
          if (!courier.busy(endpoint) && courier.pause(endpoint) === null) resting.delete(endpoint);
        const due = await acknowledgements.due(now, BATCH, [...resting]);
        await Promise.all(due.map((record) => act(record, now)));
        bring(due.filter((record) => isToBring(record, now)));
        if (!running || due.length < BATCH) break;
      }
      await makeEnded(await acknowledgements.ended(BATCH));
      if (!store.ordered) await takeOver();
      const next = await acknowledgements.nextDue();
      const now = clock.now();
      if (next !== null && next > lookedAt && next <= now) again = true;
      // What is due and rests was looked at: again soon, but not in a tight loop.
      const soon = next !== null && next <= now ? now + RECHECK_MS : (next ?? Infinity);
      if (running) alarm.ring(Math.min(soon, now + POLL_MS));
    } catch (error) {
      onStoreFailure(error);
      if (running) alarm.ring(clock.now() + POLL_MS);
    }
  }

  const isToBring = ({ state, lapseAt, endpoint }: AcknowledgementRecord, now: Millis): boolean =>
    state === 'made' && lapseAt > now && endpoint !== null;

  async function act(record: AcknowledgementRecord, now: Millis): Promise<void> {
    if (record.state === 'awaited') await makeOurselves(record, 'deadline');
    else if (record.state === 'made' && record.lapseAt <= now) await lapse(record);
  }

  function bring(records: readonly AcknowledgementRecord[]): void {
    for (const [endpoint, those] of Map.groupBy(records, (record) => record.endpoint ?? '')) {
      resting.add(endpoint);
      courier.bring(endpoint, those, look);
    }
  }

  /** What other processes have made for senders that wait here. */
  async function takeOver(): Promise<void> {
    const records = await Promise.all(connections.waiting(BATCH).map((messageId) => acknowledgements.get(messageId)));
    for (const record of records) {
      if (!record || record.state === 'awaited') continue;
      unwatch(record.messageId);
      if (record.state === 'unwanted' || record.state === 'lapsed') connections.drop(record.messageId);
      else connections.made(record.messageId);
    }
  }

  async function makeEnded(records: readonly AcknowledgementRecord[]): Promise<void> {
    await Promise.all(records.map((record) => makeOurselves(record, 'ended')));
  }

  /** Of all that changed while the look before was under way. */
  async function check(): Promise<void> {
    for (;;) {
      if (!running || changed.size === 0) return;
      const among = [...changed].slice(0, BATCH);
      changed = new Set([...changed].slice(BATCH));
      try {
        await makeEnded(await acknowledgements.ended(BATCH, among));
      } catch (error) {
        // The next round finds them.
        onStoreFailure(error);
      }
    }
  }

  function noteChange(messageId: string): void {
    changed.add(messageId);
    checking ??= check().finally(() => {
      checking = null;
    });
  }

  /** While nobody is owed anything, no change need be told. */
  let unsubscribe: (() => void) | null = null;

  function watch(messageId: string): void {
    if (watched.size >= MOST_WATCHED) return;
    watched.add(messageId);
    unsubscribe ??= live.subscribe((change) => {
      if (change.kind === 'message' && watched.has(change.id)) noteChange(change.id);
    });
  }

  function unwatch(messageId: string): void {
    watched.delete(messageId);
    if (watched.size > 0) return;
    unsubscribe?.();
    unsubscribe = null;
  }

  async function resend(first: string, connection: FrameConnection): Promise<void> {
    const record = await acknowledgements.get(first);
    switch (record?.state) {
      case 'awaited':
        // Made while this was asked for: `made` has come, or comes now.
        return connections.opened(first, connection);
      case 'made':
      case 'delivered':
        if (record.endpoint === null) {
          connections.opened(first, connection);
          return connections.made(first);
        }
        connections.drop(first);
        courier.hasten(record.endpoint);
        if (await acknowledgements.again(first, clock.now())) look();
        return;
      default:
        connections.drop(first);
    }
  }

  /** Resends whose accept acknowledgement is on its way. */
  const resends = new Set<string>();
  const resendKey = (messageId: string, { id }: FrameConnection): string => `${messageId} ${id}`;

  return {
    accepted({ messageId, dueAt, endpoint, made }, connection) {
      if (endpoint === null) connections.expect(messageId, connection);
      if (made) {
        if (endpoint === null) connections.made(messageId);
        else look();
        return;
      }
      watch(messageId);
      alarm.ring(dueAt);
    },
    resent(first, connection) {
      connections.expect(first, connection);
      resends.add(resendKey(first, connection));
    },
    opened(messageId, connection) {
      if (!resends.delete(resendKey(messageId, connection))) return connections.opened(messageId, connection);
      resend(messageId, connection).catch((error: unknown) => {
        connections.drop(messageId);
        onStoreFailure(error);
      });
    },
    missed(messageId, connection) {
      resends.delete(resendKey(messageId, connection));
      connections.missed(messageId, connection);
    },
    async answer({ work, ...content }) {
      const { messageId, definition, message } = work;
      const owed = await acknowledgements.get(messageId);
      if (!owed) return { kind: 'not-owed' };
      const now = clock.now();
      const fallbackCharset = options.fallbackCharset?.(owed.feed);
      const numbered = { controlId: newControlId(), now, ownConnection: owed.endpoint !== null, fallbackCharset };
      const answer = acknowledgementMessage(message.bytes, content, numbered);
      const { code } = content;
      const outcome = await make({ messageId, code, bytes: answer, by: 'flow', definition, at: now });
      return outcome.kind === 'open' ? { kind: 'not-owed' } : outcome;
    },
    start() {
      running = true;
      look();
    },
    async stop() {
      running = false;
      unsubscribe?.();
      alarm.off();
      await Promise.all([round, checking, courier.stop(), connections.none()]);
    },
  };
}
