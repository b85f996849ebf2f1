/**
 * Tells the queue of one held message: the console, and each alert channel on which the queue can be reached. Work of its own,
 * begun in the commit that held the message or by its reminders: told at least once.
 */
import type { Clock } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { AlertChannel } from '../alerts/channel.ts';
import type { ChannelBinding } from '../config/channels.ts';
import type { EffectResult, EffectRunner } from '../effects/once.ts';
import type { LiveFeed } from '../engine.ts';
import { tellConsole } from '../live/tell-console.ts';
import type { RosterReader } from '../people/read-roster.ts';
import { queueErrors } from '../queue/errors.ts';
import { failureOf } from '../queue/failure.ts';
import type { Dispatcher, WorkResult } from '../queue/source.ts';
import type { ClaimedWork, Failure, Store } from '../store/contract/index.ts';
import { hasEnded, isAcknowledged } from '../tasks/task-states.ts';
import type { DeclaredFallback } from './declared-fallback.ts';
import { TOLD_SOURCE, type TellingData } from './telling-work.ts';

export interface TellingOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly live: LiveFeed;
  readonly effects: EffectRunner;
  readonly dispatcher: Pick<Dispatcher, 'addSource' | 'finish'>;
  readonly channels: ReadonlyMap<string, AlertChannel>;
  readonly bindings: Readonly<Record<string, ChannelBinding>>;
  readonly roster: RosterReader;
  readonly consoleUrl: string;
  readonly declared: (definition: string) => DeclaredFallback | undefined;
}

const LEASE_MS = 60_000;
const CAPACITY = 8;
const NO_QUEUE = 'operations';
/** What leaves the console says nothing of the message. */
const TEXT = 'Wardflow: a message was held and waits for you. Open the console.';
const TEXT_STOPPED = 'Wardflow: a flow is stopped and messages wait for it. Open the console.';
const textAgain = (count: number): string =>
  count > 1
    ? `Wardflow: ${count} messages still wait for you and are overdue. Open the console.`
    : 'Wardflow: a message still waits for you and is overdue. Open the console.';

export class Telling {
  readonly #options: TellingOptions;
  readonly #sources = new Map<string, () => void>();

  constructor(options: TellingOptions) {
    this.#options = options;
  }

  /** Once for each definition that may hold messages so. */
  serve(definition: string): void {
    if (this.#sources.has(definition)) return;
    const { dispatcher, log } = this.#options;
    const remove = dispatcher.addSource({
      id: `${definition}/${TOLD_SOURCE}`,
      definition,
      capacity: CAPACITY,
      leaseMs: LEASE_MS,
      deliver: (work) => {
        this.#tell(work)
          .then((failure) => dispatcher.finish(work, ended(failure)))
          .catch((error: unknown) => dispatcher.finish(work, ended(thrown(error, work))))
          .catch((error: unknown) => log.error('Telling of a held message could not be settled.', { error }));
      },
    });
    this.#sources.set(definition, remove);
  }

  /** What is to be tried again; `null`: all that can be told is told. */
  async #tell(work: ClaimedWork): Promise<Failure | null> {
    const { store, log, channels, declared } = this.#options;
    const data = work.child?.data as TellingData;
    const task = data.taskId === null ? undefined : await store.tasks.get(data.taskId);
    const again = data.overdue !== undefined;
    // Somebody was faster than its reminder, which was about it alone.
    const isTaken = task && (isAcknowledged(task.state) || hasEnded(task.state) || task.state === 'on-hold');
    if (again && isTaken && (data.count ?? 1) === 1) return null;
    const to = task?.assigned.role ?? declared(work.definition)?.queue ?? NO_QUEUE;
    const title = task?.title ?? 'A message was held and waits for a person.';
    const text =
      data.taskId === null
        ? stoppedText(declared(work.definition)?.title ?? work.definition, data.count ?? 1)
        : again
          ? overdueText(data.count ?? 1, title)
          : title;
    const atConsole = (whom: string, discriminator: string): Promise<EffectResult> =>
      tellConsole(this.#options, {
        work,
        name: TOLD_SOURCE,
        discriminator,
        escalationId: null,
        messageId: work.messageId,
        lane: work.lane,
        to: whom,
        text,
      });
    const telling = again ? `${data.reviewId}/overdue/${data.overdue}` : data.reviewId;
    let retry = failureIn(await atConsole(to, telling));
    // The queue has been silent for a whole period, or must not be: others hear of it too.
    if (again && to !== NO_QUEUE && ((data.longest ?? data.overdue) > 1 || work.lane === 'stat'))
      retry ??= failureIn(await atConsole(NO_QUEUE, `${telling}/${NO_QUEUE}`));
    if (data.pages === false) return retry;
    for (const [name, channel] of channels) {
      if (!this.#reaches(name, to)) continue;
      const failure = failureIn(await this.#by(channel, name, to, work, data, telling));
      if (!failure) continue;
      log.warn('A channel did not take word of a held message.', { definition: work.definition, code: failure.code });
      if (failure.class !== 'permanent') retry ??= failure;
    }
    return retry;
  }

  #reaches(channel: string, to: string): boolean {
    const bound = this.#options.bindings[channel];
    return bound === undefined || Object.hasOwn(bound.recipients, to);
  }

  #by(
    channel: AlertChannel,
    name: string,
    to: string,
    work: ClaimedWork,
    data: TellingData,
    telling: string,
  ): Promise<EffectResult> {
    const { effects, roster, clock, consoleUrl } = this.#options;
    const spec = {
      work,
      name: TOLD_SOURCE,
      target: `alert: ${name}`,
      discriminator: telling,
      version: '1',
      onAmbiguous: 'send-again',
    } as const;
    return effects.once(spec, async ({ key, maybeDone }) => {
      const people = (await roster.current()).covering(to, null, clock.now());
      const sent = await channel.send({
        id: telling,
        key,
        kind: 'started',
        text: data.taskId === null ? TEXT_STOPPED : data.overdue === undefined ? TEXT : textAgain(data.count ?? 1),
        link: `${consoleUrl.replace(/\/+$/, '')}/`,
        repeat: maybeDone,
        at: data.at,
        to,
        people,
        reference: null,
      });
      if (!sent.ok) return { kind: 'failed', failure: sent.failure };
      return { kind: 'done', result: null, summary: `${to} told by ${name}${maybeDone ? ', a repeat' : ''}` };
    });
  }
}

const stoppedText = (flow: string, count: number): string =>
  count === 1
    ? `The flow is stopped and a message waits for it: ${flow}`
    : `The flow is stopped and ${count} messages wait for it: ${flow}`;

const overdueText = (count: number, title: string): string =>
  count > 1
    ? `Overdue, nobody has taken over ${count} held messages; one of them: ${title}`
    : `Overdue, nobody has taken it over: ${title}`;

const failureIn = (result: EffectResult): Failure | null => (result.kind === 'failed' ? result.failure : null);

const thrown = (error: unknown, { subscription: source }: ClaimedWork): Failure =>
  failureOf(error instanceof WardflowError ? error : queueErrors.create('delivery-failed', { source }));

const ended = (failure: Failure | null): WorkResult => ({
  outcome: failure ? { kind: 'failed', failure } : { kind: 'done' },
  trace: [],
  version: null,
});
