/** Events by HTTP: what a flow takes (the reviewed half) and where it comes in (bindings.json). */
import type { FeedBinding } from '../../config/bindings.ts';
import type { PlaceStatus } from '../places.ts';

export interface HttpEventFeed {
  /** Also the last part of the path: `/events/<name>`. */
  readonly name: string;
  /** JSON Schema 2020-12 that the event has to fit; `null`: any JSON object. */
  readonly schema: object | null;
  /**
   * JSON Pointers (RFC 6901) into the event; '' or absent: not there. Of a CloudEvent id, type, source and time are its own, and
   * the others point into its `data`.
   */
  readonly idAt: string;
  readonly typeAt: string;
  readonly orderingAt: string;
  readonly patientAt: string;
  readonly maxBytes: number;
}

export interface HttpEventBinding {
  readonly listen: FeedBinding['listen'];
  readonly auth:
    /** `Authorization: Bearer <credential>`. */
    | { readonly kind: 'token'; readonly credential: string }
    /** `Wardflow-Signature: t=<seconds>,v1=<HMAC-SHA-256 of "<t>.<body>" by the credential, hex>`. */
    | { readonly kind: 'signature'; readonly credential: string }
    /** The certificate that the sender shows: `listen.tls.clientCa` is demanded. */
    | { readonly kind: 'certificate' };
  /** Events in a minute; more are asked to come later. */
  readonly perMinute: number;
}

export interface HttpEventService {
  /** The feeds of the deployed flows; listeners open and close as bindings say. */
  configure(feeds: readonly HttpEventFeed[]): Promise<void>;
  place(name: string): Omit<PlaceStatus, 'state' | 'host' | 'port'> & {
    readonly state: PlaceStatus['state'] | 'unbound';
    readonly host: string | null;
    readonly port: number | null;
  };
}
