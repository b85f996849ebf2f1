import type { Clock, Millis } from '../base/clock.ts';
import type { Failure } from '../store/contract/index.ts';
import type { CallVerdict } from './circuit-breaker.ts';
import type { EndpointHealth } from './endpoint-health.ts';

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

/** What failures say about the endpoint rather than about one call, by their codes. All others: it did not answer. */
interface Sense {
  /** It took the request and answered it: with a refusal, say. */
  readonly answered: ReadonlySet<string>;
  /** It answers, and says that it cannot do its work now. */
  readonly struggling: ReadonlySet<string>;
  /** Of our own making: nothing was learned. */
  readonly aboutUs: ReadonlySet<string>;
}

const SENSE: Readonly<Record<EndpointHealth['kind'], Sense>> = {
  fhir: {
    answered: new Set([
      'fhir-not-found',
      'fhir-gone',
      'fhir-refused',
      'fhir-conflict',
      'fhir-throttled',
      'fhir-invalid',
      'fhir-rule',
      'fhir-forbidden',
      'fhir-type-unsupported',
    ]),
    struggling: new Set(),
    aboutUs: new Set(['endpoint-closed', 'endpoint-busy', 'fhir-answer-too-large', 'fhir-answer-too-deep']),
  },
  mllp: {
    answered: new Set(['hl7-ack-refused']),
    struggling: new Set(['hl7-ack-later']),
    aboutUs: new Set(['mllp-closed', 'hl7-endpoint-busy']),
  },
  http: {
    answered: new Set(['http-refused', 'http-throttled']),
    struggling: new Set(),
    aboutUs: new Set(['http-closed', 'http-busy', 'http-request-wrong', 'http-answer-too-large']),
  },
};

export function createHealth(options: {
  readonly kind: EndpointHealth['kind'];
  readonly clock: Clock;
  readonly onChange: () => void;
}): Health {
  const { kind, clock, onChange } = options;
  const { answered, struggling, aboutUs } = SENSE[kind];
  const answers = (code: string): boolean => answered.has(code) || struggling.has(code);
  let view: HealthView = { state: 'unknown', since: null, lastSuccess: null, lastFailure: null, lastFailureCode: null };
  return {
    view: () => view,
    note(failure) {
      if (failure && aboutUs.has(failure.code)) return;
      const now = clock.now();
      const state = failure === null || answers(failure.code) ? 'up' : 'down';
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
export function verdictOf(kind: EndpointHealth['kind']): (failure: Failure | null) => CallVerdict {
  const { answered, aboutUs } = SENSE[kind];
  return (failure) => {
    if (failure === null || answered.has(failure.code)) return failure?.class === 'throttled' ? 'unclear' : 'up';
    if (aboutUs.has(failure.code)) return 'unclear';
    return failure.class === 'transient' || failure.class === 'ambiguous' ? 'down' : 'unclear';
  };
}
