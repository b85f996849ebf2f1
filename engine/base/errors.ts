/**
 * The error catalogue's machinery. Each part keeps its entries in its own `errors.ts` through `defineErrors`;
 * `engine/catalogue.ts` lists the parts, and a test ties codes, documentation and screen text together.
 *
 * Texts name the thing and the field, never a clinical value: details are for names, codes, ports and counts.
 */

/**
 * What may have happened, which decides what may follow:
 * - `transient`: it provably did not happen; repeat later
 * - `ambiguous`: it may have happened; look before repeating
 * - `permanent`: it will never succeed as it is; a person decides
 * - `throttled`: told to wait; repeat at the time given
 */
export type FailureClass = 'transient' | 'ambiguous' | 'permanent' | 'throttled';

export interface ErrorEntry {
  readonly class: FailureClass;
  /** One sentence; `{name}` is filled from the details. */
  readonly text: string;
  /** What the reader can do about it, one sentence. */
  readonly remedy: string;
}

export type ErrorDetails = Readonly<Record<string, string | number>>;

/** What has to be over before a repeat makes sense. */
export interface WaitsFor {
  /** Name of the endpoint. */
  readonly endpoint: string;
  /** An operator holds it: the work waits as long as that takes, without losing attempts or time. */
  readonly held: boolean;
}

export interface ErrorOptionsMore {
  readonly cause?: unknown;
  /** For `throttled`: how long the other side asked to wait. */
  readonly retryAfterMs?: number;
  readonly waitsFor?: WaitsFor;
}

export class WardflowError extends Error {
  override readonly name = 'WardflowError';
  readonly code: string;
  readonly failureClass: FailureClass;
  readonly remedy: string;
  readonly details: ErrorDetails;
  readonly retryAfterMs: number | undefined;
  readonly waitsFor: WaitsFor | undefined;

  constructor(code: string, entry: ErrorEntry, details: ErrorDetails = {}, more: ErrorOptionsMore = {}) {
    super(fill(entry.text, details), more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.failureClass = entry.class;
    this.remedy = fill(entry.remedy, details);
    this.details = details;
    this.retryAfterMs = more.retryAfterMs;
    this.waitsFor = more.waitsFor;
  }
}

export interface ErrorPart<C extends Record<string, ErrorEntry>> {
  readonly entries: C;
  create(code: keyof C & string, details?: ErrorDetails, more?: ErrorOptionsMore): WardflowError;
}

export function defineErrors<const C extends Record<string, ErrorEntry>>(entries: C): ErrorPart<C> {
  return {
    entries,
    create(code, details, more) {
      const entry = entries[code];
      if (!entry) throw new TypeError(`no error "${code}" in this part of the catalogue`);
      return new WardflowError(code, entry, details, more);
    },
  };
}

function fill(text: string, details: ErrorDetails): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
}
