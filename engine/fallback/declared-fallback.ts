/** The fallback that an intent declares, read. Pure. */
import { durationMs } from '../definitions/duration.ts';
import type { Definition } from '../definitions/definition.ts';
import { FALLBACK_MODES, type FallbackMode } from '../store/contract/index.ts';
import type { FallbackTrigger } from './fallback.ts';

export interface DeclaredFallback {
  readonly definition: string;
  /** SHA-256 of the definition. */
  readonly version: string;
  readonly title: string;
  readonly serviceLine: string | null;
  readonly mode: FallbackMode;
  /** As written. */
  readonly when: readonly string[];
  readonly triggers: readonly FallbackTrigger[];
  /** Role whose task it is. */
  readonly queue: string;
  readonly text: string;
}

/** `undefined`: the intent declares none. */
export function declaredFallback({ name, version, intent }: Definition): DeclaredFallback | undefined {
  const { fallback, serviceLine, title } = intent;
  if (typeof fallback !== 'object' || fallback === null) return undefined;
  const { when, mode, queue, text } = fallback as Readonly<Record<string, unknown>>;
  const known = FALLBACK_MODES.find((one) => one === mode);
  if (!known || typeof queue !== 'string' || typeof text !== 'string') return undefined;
  const written = Array.isArray(when) ? when.filter((one) => typeof one === 'string') : [];
  return {
    definition: name,
    version,
    title,
    serviceLine: typeof serviceLine === 'string' ? serviceLine : null,
    mode: known,
    when: written,
    triggers: written.flatMap((one) => triggerFrom(one) ?? []),
    queue,
    text,
  };
}

/** `undefined`: it is none. */
export function triggerFrom(text: string): FallbackTrigger | undefined {
  const [kind = '', first = '', second = ''] = text.split(':');
  switch (kind) {
    case 'operator':
    case 'rule-error':
    case 'incomplete-data':
      return { kind };
    case 'low-confidence':
      return first === '' ? undefined : { kind, threshold: first };
    case 'endpoint-down': {
      const forMs = durationMs(second);
      return first === '' || forMs === undefined ? undefined : { kind, endpoint: first, forMs };
    }
    default:
      return undefined;
  }
}

/** Where a threshold names a value instead of giving a number. */
const LEAST_BY_NAME = 0.5;

/** What a decision must not be below: a number for its `confidence`, or a value of it that must not be below 0.5. */
export function confidenceAsked(threshold: string): { readonly value: string; readonly least: number } {
  const least = Number(threshold);
  return Number.isFinite(least) ? { value: 'confidence', least } : { value: threshold, least: LEAST_BY_NAME };
}
