/** A receiver of HL7 v2 messages as flows see it: a name, and a send whose outcome is known. */
import type { Millis } from '../base/clock.ts';
import type { EndpointHealth } from '../endpoints/endpoint-health.ts';
import type { Failure, Lane } from '../store/contract/index.ts';

/** What the receiver said: MSA-1 `AA` or `CA`, and its MSH-10. */
export interface Hl7Receipt {
  readonly code: string;
  readonly controlId: string;
  readonly at: Millis;
}

export type Hl7SendResult =
  { readonly ok: true; readonly receipt: Hl7Receipt } | { readonly ok: false; readonly failure: Failure };

export interface Hl7Endpoint {
  readonly name: string;
  /**
   * Sends the message, without the MLLP envelope, through the endpoint's places, circuit and rate; the classes of its
   * failures are those of `acknowledgementOf`. It never repeats by itself: the effect does, with the same bytes.
   */
  send(message: Uint8Array): Promise<Hl7SendResult>;
  health(): EndpointHealth;
}

export interface Hl7Endpoints {
  /** What is sent waits for its place in the lane; default `routine`. @throws WardflowError `endpoint-unbound`, also where the name is that of an endpoint of another kind */
  get(name: string, lane?: Lane): Hl7Endpoint;
  health(): readonly EndpointHealth[];
}
