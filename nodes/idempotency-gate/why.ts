import type { GateReason, GateVerdict } from '../../engine/index.ts';

const SENTENCES: Readonly<Record<GateReason, string>> = {
  'first-seen': 'Not seen before: let through.',
  'first-failed': 'The same fact came with {first}, which ended as a dead letter or was discarded: let through.',
  'stage-advanced': 'The fact of {first} has come further: let through.',
  'stage-renewed': 'The fact of {first} is still preliminary and was stated anew: let through.',
  'same-content': 'The same fact with the same content came with {first}.',
  'same-content-open':
    'The same fact with the same content came with {first}, which is still being worked on; redrive that one, should it fail.',
  'between-failed':
    'Says again what came before {first}, which said otherwise and ended as a dead letter or was discarded: let through.',
  'older-content': 'Says what came with {first}; another has replaced it since.',
  'said-so': 'Corrects what came with {first}: the sender says so.',
  'stated-later': 'Changes what came with {first} and was stated later, so it corrects that.',
  'stated-earlier': 'Differs from what came with {first} and was stated before it: a person should look.',
  'stage-went-back': 'Says less than what came with {first}, such as preliminary after final: a person should look.',
  unexplained: 'Differs from what came with {first} and is not said to correct it: a person should look.',
};

/** One sentence for the trace and for whoever gets the message at output 2 or 3. */
export function whyOf({ because, first, firstAt }: GateVerdict): string {
  const message = first === undefined ? '' : `message ${first} at ${clock(firstAt ?? 0)}`;
  return SENTENCES[because].replace('{first}', message);
}

export const whyOfOtherSide = ({ first, firstAt }: Exclude<GateVerdict, { readonly kind: 'new' }>): string =>
  `The same event came from the other side (HL7 v2 or FHIR) with message ${first} at ${clock(firstAt)}.`;

const clock = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
