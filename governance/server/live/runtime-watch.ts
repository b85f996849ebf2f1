import { silentLog, type Clock, type LiveChange, type Log } from '../../../engine/index.ts';
import type { RuntimeClient } from '../proxy/runtime-client.ts';
import { eventData } from './event-stream.ts';
import { NEEDED } from './live-kinds.ts';

export interface RuntimeWatch {
  readonly name: string;
  reachable(): boolean;
  /** Since when it is (un)reachable. */
  since(): number;
  /** `true`: it answers, but not to our token. */
  refused(): boolean;
  stop(): void;
}

export interface WatchOptions {
  readonly name: string;
  readonly client: RuntimeClient;
  readonly clock: Clock;
  readonly log?: Log;
  /** First and longest wait between two tries, milliseconds. */
  readonly retryMs?: { readonly first: number; readonly longest: number };
  onChange(change: LiveChange): void;
  /** It became reachable or unreachable. */
  onState(): void;
}

/** A stream that held this long was in order. */
const STEADY_MS = 1000;

/**
 * Holds a runtime's live stream open. A stream that ends is opened again at once; only when that fails is the runtime
 * called unreachable, and tried again with back-off for as long as the console runs.
 */
export function watchRuntime(options: WatchOptions): RuntimeWatch {
  const { name, client, clock, log = silentLog, retryMs = { first: 500, longest: 10_000 } } = options;
  const stopped = new AbortController();
  let reachable = false;
  let refused = false;
  let since = clock.now();
  let known = false;
  let opened = false;
  let wait = retryMs.first;

  const become = (now: boolean, refusedNow: boolean): void => {
    if (known && now === reachable && refusedNow === refused) return;
    known = true;
    reachable = now;
    refused = refusedNow;
    since = clock.now();
    if (now) log.info('the runtime answers');
    else log.warn('the runtime does not answer', { code: refusedNow ? 'runtime-refused' : 'runtime-unreachable' });
    options.onState();
  };

  /** One stream from opening to end. `true`: it was open for a while, so opening it again at once is no hot loop. */
  const listen = async (): Promise<boolean> => {
    const answer = await client({
      runtime: name,
      method: 'GET',
      path: '/live',
      actor: 'service:console',
      accept: 'text/event-stream',
      signal: stopped.signal,
    });
    if (answer.kind === 'unreachable' || !answer.response.ok || !answer.response.body) {
      const status = answer.kind === 'answer' ? answer.response.status : 0;
      if (answer.kind === 'answer') await answer.response.body?.cancel();
      if (!stopped.signal.aborted) become(false, status === 401 || status === 403);
      return false;
    }
    become(true, false);
    // What happened between the last stream and this one was told to nobody.
    if (opened) options.onChange({ kind: 'gap' });
    opened = true;
    const openedAt = clock.now();
    try {
      for await (const text of eventData(answer.response.body)) {
        const change: unknown = JSON.parse(text);
        if (isChange(change)) options.onChange(change);
      }
    } catch (error) {
      if (!stopped.signal.aborted) log.debug('the live stream broke', { error });
    }
    return clock.now() - openedAt >= STEADY_MS;
  };

  const run = (): void => {
    if (stopped.signal.aborted) return;
    void listen()
      .catch(() => false)
      .then((wasSteady) => {
        if (wasSteady) wait = retryMs.first;
        const pause = wasSteady ? 0 : wait;
        if (!wasSteady) wait = Math.min(retryMs.longest, wait * 2);
        clock.at(clock.now() + pause, run);
      });
  };
  run();

  return {
    name,
    reachable: () => reachable,
    refused: () => refused,
    since: () => since,
    stop: () => stopped.abort(),
  };
}

function isChange(value: unknown): value is LiveChange {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    Object.hasOwn(NEEDED, value.kind)
  );
}
