/** Ctrl-C and npm: npm passes SIGINT on although the terminal has sent it to everybody, so a second one within this time is the same wish. */
const SAME_WISH_MS = 1_000;

type SignalSource = Pick<NodeJS.EventEmitter, 'on' | 'off'>;

export interface StopSignals {
  /** Resolves with the first signal. */
  readonly first: Promise<NodeJS.Signals>;
  /** Resolves when a person asks a second time. */
  readonly second: Promise<void>;
  /** Whether the first has come. */
  asked(): boolean;
  release(): void;
}

/** Takes over SIGINT, SIGTERM and SIGHUP of `source` (this process) until released. */
export function stopSignals(now: () => number = Date.now, source: SignalSource = process): StopSignals {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const first = Promise.withResolvers<NodeJS.Signals>();
  const second = Promise.withResolvers<void>();
  let firstAt: number | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (firstAt === null) {
      firstAt = now();
      first.resolve(signal);
    } else if (now() - firstAt > SAME_WISH_MS) second.resolve();
  };
  for (const name of names) source.on(name, onSignal);
  return {
    first: first.promise,
    second: second.promise,
    asked: () => firstAt !== null,
    release() {
      for (const name of names) source.off(name, onSignal);
    },
  };
}
