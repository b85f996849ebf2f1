/** The alert channels of a scenario, in its runtime: they keep what they are told, and fail as the scenario says. */
import type { AlertChannel, AlertMessage, Clock, Failure, SendOutcome } from '../../engine/index.ts';
import type { Told } from './clock-channel.ts';
import type { ChannelFault } from './people.ts';

const SENT: SendOutcome = { ok: true, state: 'sent' };

/** As the channels that are bound outside a scenario say it. */
const FAILURES: Readonly<Record<Exclude<ChannelFault['kind'], 'none'>, Pick<Failure, 'class' | 'code' | 'text'>>> = {
  down: { class: 'transient', code: 'channel-unreachable', text: 'The alert channel could not be reached.' },
  refuse: { class: 'permanent', code: 'channel-refused', text: 'The alert channel refused the alert.' },
  busy: { class: 'throttled', code: 'channel-busy', text: 'The alert channel asks to wait.' },
  'lost-answer': { class: 'ambiguous', code: 'channel-unsure', text: 'The alert channel may have taken the alert.' },
  'no-address': { class: 'permanent', code: 'channel-without-address', text: 'The alert channel has no address.' },
};
const BUSY_MS = 60_000;

export interface RecordingChannels {
  readonly channels: ReadonlyMap<string, AlertChannel>;
  /** In the order in which they came. */
  readonly told: readonly Omit<Told, 'messageId'>[];
  setFault(channel: string, fault: ChannelFault): void;
}

export function recordingChannels(names: readonly string[], clock: Clock): RecordingChannels {
  const told: Omit<Told, 'messageId'>[] = [];
  const faults = new Map<string, { kind: ChannelFault['kind']; left: number }>();

  function met(name: string): ChannelFault['kind'] {
    const fault = faults.get(name);
    if (!fault || fault.left <= 0) return 'none';
    fault.left--;
    return fault.kind;
  }

  async function take(channel: string, message: AlertMessage): Promise<SendOutcome> {
    const fault = met(channel);
    const { id, kind, to, people, text, reference, repeat } = message;
    const about = { alert: id, telling: kind, to, people, text, reference: reference !== null, repeat };
    told.push({ at: clock.now(), channel, fault, ...about });
    if (fault === 'none') return SENT;
    const failure: Failure = { ...FAILURES[fault], ...(fault === 'busy' && { retryAfterMs: BUSY_MS }) };
    return { ok: false, failure };
  }

  return {
    channels: new Map(names.map((name) => [name, { name, send: (message) => take(name, message) }])),
    told,
    setFault: (name, { kind, times = Number.POSITIVE_INFINITY }) => void faults.set(name, { kind, left: times }),
  };
}
