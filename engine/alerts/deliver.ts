/** Tells one alert by the first channel that takes it. At least once: what may have arrived is sent again, marked as a repeat. */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { failureClassOf } from '../catalogue.ts';
import type { EffectResult, EffectRunner, EffectSpec } from '../effects/once.ts';
import type { LiveFeed } from '../engine.ts';
import { tellConsole } from '../live/tell-console.ts';
import type { RosterReader } from '../people/read-roster.ts';
import { failureOf } from '../queue/failure.ts';
import type { AlertDelivery, AlertRecord, ClaimedWork, Failure, Store } from '../store/contract/index.ts';
import { contentOf } from './alert-content.ts';
import type { AlertChildData, DeliveredAlert } from './alert-service.ts';
import type { AlertChannel, SendOutcome } from './channel.ts';
import { alertErrors } from './errors.ts';

export interface DeliverOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly live: LiveFeed;
  readonly effects: EffectRunner;
  readonly channels: ReadonlyMap<string, AlertChannel>;
  readonly roster: RosterReader;
  /** Where people open the console. */
  readonly consoleUrl: string;
}

const CONSOLE = 'console';
/** Who looks after Wardflow itself. */
const OPERATIONS = 'operations';
/** Changes of an alert that a storm may make between reading and writing it. */
const MOST_TRIES = 200;

interface Telling {
  readonly work: ClaimedWork;
  readonly data: AlertChildData;
  readonly alert: AlertRecord;
  /** Of effects and notices. */
  readonly name: string;
  readonly key: string;
}

export function createDelivery(options: DeliverOptions): (work: ClaimedWork) => Promise<DeliveredAlert> {
  const { store, clock, log, live, effects, channels, roster } = options;

  return async (work) => {
    const data = work.child?.data as AlertChildData | undefined;
    const alert = data && (await store.alerts.get(data.alertId));
    if (!data || !alert) throw alertErrors.create('alert-gone');
    if (!isNeeded(alert, data)) return { kind: 'not-needed', alert };
    const name = `${work.subscription.slice(work.subscription.indexOf('/') + 1)}.alert`;
    const telling: Telling = { work, data, alert, name, key: `${alert.id}.${data.telling}` };
    let unsure = alert.deliveries.some(({ code }) => code !== null && failureClassOf(code) === 'ambiguous');
    let last: Failure | null = null;
    for (const channel of data.channels) {
      const { result, repeat } = await tellBy(channel, telling, unsure);
      // A person carries it out from the task that recommends it.
      if (result.kind === 'recommended') return { kind: 'not-needed', alert };
      const done = result.kind === 'done';
      const after = await record(telling, done && result.repeated, {
        channel,
        to: data.to,
        at: done ? (result.record.endedAt ?? clock.now()) : clock.now(),
        state: done ? stateOf(result.record.result) : 'failed',
        repeat,
        code: done ? null : result.failure.code,
      });
      if (done) return { kind: 'told', alert: after, channel, repeat };
      last = result.failure;
      unsure ||= last.class === 'ambiguous';
      log.warn('A channel did not take an alert; the next one is tried.', {
        messageId: alert.messageId,
        definition: alert.definition,
        code: last.code,
      });
      // Somebody may have answered at the console while the channel was tried.
      if (!isNeeded(after, data)) return { kind: 'not-needed', alert: after };
    }
    await tellOperations(telling);
    throw alertErrors.create('alert-undelivered', { tried: data.channels.length, code: last?.code ?? 'none' });
  };

  async function tellBy(
    channel: string,
    telling: Telling,
    unsure: boolean,
  ): Promise<{ readonly result: EffectResult; readonly repeat: boolean }> {
    const { work, data, alert, name, key } = telling;
    if (channel === CONSOLE) return { result: await notice(telling, key, data.to, titleOf(telling)), repeat: unsure };
    const found = channels.get(channel);
    if (!found)
      return {
        result: { kind: 'failed', failure: failureOf(alertErrors.create('channel-unbound', { channel })) },
        repeat: false,
      };
    let repeat = unsure;
    const spec: EffectSpec = {
      work,
      name,
      target: `alert: ${channel}`,
      discriminator: key,
      version: '1',
      onAmbiguous: 'send-again',
    };
    const result = await effects.once(spec, async (effect) => {
      repeat ||= effect.maybeDone;
      const people = (await roster.current()).covering(data.to.replace(/^roster /, ''), data.unit, clock.now());
      const sent: SendOutcome = await found.send({
        id: alert.id,
        key,
        kind: data.telling,
        ...contentOf(alert, data.telling, data.content, options.consoleUrl),
        repeat,
        at: momentOf(alert, data),
        to: data.to,
        people,
      });
      if (!sent.ok) return { kind: 'failed', failure: sent.failure };
      return {
        kind: 'done',
        result: { state: sent.state, repeat },
        summary: `${data.to} alerted by ${channel}${repeat ? ', a repeat' : ''}`,
      };
    });
    return { result, repeat: result.kind === 'done' && result.repeated ? wasRepeat(result.record.result) : repeat };
  }

  function notice(
    { work, alert, name }: Telling,
    discriminator: string,
    to: string,
    text: string,
  ): Promise<EffectResult> {
    return tellConsole(options, {
      work,
      name: `${name}.notice`,
      discriminator,
      escalationId: null,
      messageId: alert.messageId,
      lane: work.lane,
      to,
      text,
    });
  }

  /** Once for each telling: the retries go on without saying it again. */
  async function tellOperations(telling: Telling): Promise<void> {
    const { key, data } = telling;
    const text = `No channel took an alert for ${data.to}: reach them another way.`;
    await notice(telling, `${key}.undelivered`, OPERATIONS, text);
  }

  /** `earlier`: an earlier delivery of the item sent it; what a crash kept from being recorded is recorded now, once. */
  async function record(
    { alert: { id, messageId, definition }, work }: Telling,
    earlier: boolean,
    delivery: AlertDelivery,
  ): Promise<AlertRecord> {
    for (let i = 0; i < MOST_TRIES; i++) {
      const now = await store.alerts.get(id);
      if (!now) throw alertErrors.create('alert-gone');
      const isThere = ({ channel, at, state }: AlertDelivery): boolean =>
        channel === delivery.channel && at === delivery.at && state === delivery.state;
      if (earlier && now.deliveries.some(isThere)) return now;
      const { channel, to, state, repeat, code, at } = delivery;
      const next = { ...now, version: now.version + 1, deliveries: [...now.deliveries, delivery].slice(-MOST_KEPT) };
      const changed = await store.alerts.change(id, now.version, next, null, {
        at,
        type: 'alert.told',
        actor: `flow:${definition}`,
        messageId,
        workId: work.id,
        definition,
        details: { alert: id, to, channel, state, repeat, code },
      });
      if (changed.kind === 'changed') {
        live.publish({ kind: 'alert', id });
        return changed.alert;
      }
    }
    // The effect is recorded: whoever comes back does not send it again.
    throw alertErrors.create('alert-undelivered', { tried: 0, code: 'none' });
  }
}

/** Of one alert; the audit trail has all. */
const MOST_KEPT = 100;

const isNeeded = (alert: AlertRecord, { telling }: AlertChildData): boolean =>
  telling === 'started'
    ? alert.state === 'open'
    : alert.deliveries.some(({ state, code }) => state !== 'failed' || failureClassOf(code ?? '') === 'ambiguous');

/** The console is Wardflow's own: what stands there does not leave it. */
const titleOf = ({ alert, data }: Telling): string =>
  data.telling === 'started' ? alert.title : `Over: ${alert.title}`;

const momentOf = (alert: AlertRecord, { telling }: AlertChildData): Millis =>
  telling === 'started' ? alert.startedAt : (alert.ended?.at ?? alert.lastAt);

function fieldOf(result: unknown, name: string): unknown {
  return typeof result === 'object' && result !== null
    ? (result as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

const stateOf = (result: unknown): AlertDelivery['state'] =>
  fieldOf(result, 'state') === 'sent' ? 'sent' : 'delivered';

const wasRepeat = (result: unknown): boolean => fieldOf(result, 'repeat') === true;
