import type { Clock, Millis } from '../base/clock.ts';
import type { Failure } from '../store/contract/index.ts';
import type { CallVerdict } from './circuit-breaker.ts';

export interface HealthView {
  readonly state: 'unknown' | 'up' | 'down';
  readonly since: Millis | null;
  readonly lastSuccess: Millis | null;
  readonly lastFailure: Millis | null;
  readonly lastFailureCode: string | null;
}

/**
 * What the last calls say about an endpoint. A refusal of one request (a bad resource, an id that is not there) is an
 * answer: the endpoint is up. It is down when it cannot be reached, does not answer, fails, or refuses us altogether.
 */
export interface Health {
  note(failure: Failure | null): void;
  view(): HealthView;
}

const ANSWERED = new Set([
  'fhir-not-found',
  'fhir-gone',
  'fhir-refused',
  'fhir-conflict',
  'fhir-throttled',
  'fhir-invalid',
  'fhir-rule',
  'fhir-forbidden',
  'fhir-type-unsupported',
]);
const ABOUT_US = new Set(['endpoint-closed', 'endpoint-busy', 'fhir-answer-too-large']);

export function createHealth({ clock, onChange }: { readonly clock: Clock; readonly onChange: () => void }): Health {
  let view: HealthView = { state: 'unknown', since: null, lastSuccess: null, lastFailure: null, lastFailureCode: null };
  return {
    view: () => view,
    note(failure) {
      if (failure && ABOUT_US.has(failure.code)) return;
      const now = clock.now();
      const state = failure === null || ANSWERED.has(failure.code) ? 'up' : 'down';
      const before = view;
      view = {
        state,
        since: before.state === state ? before.since : now,
        lastSuccess: state === 'up' ? now : before.lastSuccess,
        lastFailure: failure === null ? before.lastFailure : now,
        lastFailureCode: failure === null ? before.lastFailureCode : failure.code,
      };
      if (before.state !== state || (state === 'down' && before.lastFailureCode !== view.lastFailureCode)) onChange();
    },
  };
}

/** A failure that says nothing about one request but about the server: it cannot be reached, does not answer, or breaks. */
export function verdictOf(failure: Failure | null): CallVerdict {
  if (failure === null || ANSWERED.has(failure.code)) return failure?.class === 'throttled' ? 'unclear' : 'up';
  if (ABOUT_US.has(failure.code)) return 'unclear';
  return failure.class === 'transient' || failure.class === 'ambiguous' ? 'down' : 'unclear';
}
