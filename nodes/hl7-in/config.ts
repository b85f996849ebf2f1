/** A subscription: which messages of a feed this flow takes, and what they become. */
import { identity, listOf, needed, oneOf, wholeNumber } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface Hl7InProperties {
  readonly name: string;
  /** Identity of the subscription in its definition: its waiting work belongs to it, across edits and restarts. */
  readonly subscription: string;
  /** Id of the feed's config node. */
  readonly feed: string;
  /** `ORU^R01`, `ADT^*` or `ADT`; empty: every type. */
  readonly types: readonly string[];
  /** MSH-3 or `MSH-3|MSH-4`; empty: every sender. */
  readonly senders: readonly string[];
  /**
   * What a message becomes. `stated`: one for each result and discharge; `all`: one for each event of the catalogue, compared with
   * what was known before; `none`: one, without event.
   */
  readonly events: 'stated' | 'all' | 'none';
  /** Messages in the flow at once. */
  readonly capacity: number;
}

export const hl7In: NodeDeclaration<Hl7InProperties> = {
  type: 'hl7 in',
  properties: {
    name: { value: '' },
    subscription: { value: '', check: identity },
    feed: { value: '', configNode: 'wardflow-feed', check: needed },
    types: { value: [], check: listOf(/^[A-Z][A-Z0-9]{2}(\^([A-Z][A-Z0-9]{2}|\*))?$/) },
    senders: { value: [], check: listOf(/^[^|\r\n]{1,227}(\|[^|\r\n]{1,227})?$/) },
    events: { value: 'stated', check: oneOf('stated', 'all', 'none') },
    capacity: { value: 16, check: wholeNumber(1, 256) },
  },
};
