import type { Millis } from '../base/clock.ts';
import type { DispatchView } from './dispatch.ts';

/** What the last calls say of an endpoint, and how it is called now. */
export interface EndpointHealth extends DispatchView {
  readonly name: string;
  readonly kind: 'fhir' | 'mllp' | 'http';
  readonly state: 'unknown' | 'up' | 'down';
  readonly since: Millis | null;
  readonly lastSuccess: Millis | null;
  readonly lastFailure: Millis | null;
  readonly lastFailureCode: string | null;
}
