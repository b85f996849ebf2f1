import { age, countdown } from './duration.ts';
import { useNow } from './use-now.ts';

/** How long ago, ticking. */
export function Age({ at }: { readonly at: number }) {
  const now = useNow();
  return <time dateTime={new Date(at).toISOString()}>{age(now - at)}</time>;
}

/** `in 04:12`, or `due` when the time has come. */
export function Until({ at }: { readonly at: number }) {
  const left = at - useNow();
  return <time dateTime={new Date(at).toISOString()}>{left > 0 ? `in ${countdown(left)}` : 'due now'}</time>;
}
