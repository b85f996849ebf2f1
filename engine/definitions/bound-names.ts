/** What flows name and bindings.json of each environment binds: feeds, and endpoints by what is spoken there. */
import type { EndpointBinding } from '../config/bindings.ts';

export type BoundKind = 'feed' | EndpointBinding['kind'];

/** By the type of the config node that bears the name. */
export const BOUND_BY: Readonly<Record<string, BoundKind>> = {
  'wardflow-feed': 'feed',
  'wardflow-fhir-endpoint': 'fhir',
  'wardflow-hl7-endpoint': 'mllp',
  'wardflow-http-endpoint': 'http',
};

/** As people are told of it. */
export const BOUND_WORDS: Readonly<Record<BoundKind, string>> = {
  feed: 'feed',
  fhir: 'FHIR endpoint',
  mllp: 'HL7 endpoint',
  http: 'HTTP endpoint',
};
