import type { ResolvedBinding } from './binding.ts';
import type { FhirResult } from './endpoint.ts';
import type { Send } from './look-up.ts';
import type { PathParts } from './names.ts';

/** How a call is made in one lane. */
export interface Exchange {
  readonly binding: ResolvedBinding;
  /** One call: all its requests share a deadline. What would change the address is refused before anything is sent. */
  readonly call: (parts: PathParts, work: (send: Send) => Promise<FhirResult>) => Promise<FhirResult>;
}
