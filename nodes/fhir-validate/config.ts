/** Checks a FHIR resource against the base definitions of R4 and sends the message on by what was found. */
import { oneOf, valueKind, type ValueKind } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface FhirValidateProperties {
  readonly name: string;
  /** Gives the resource; empty: what was read or written last, or else the payload. */
  readonly resource: string;
  readonly resourceKind: ValueKind;
  /** `output`: an output of its own. `valid`: as if nothing was found. */
  readonly onWarnings: 'output' | 'valid';
  /** `output`: the last output. `fail`: the message waits for a person, as a dead letter. */
  readonly onErrors: 'output' | 'fail';
}

/** The outputs that a node with these settings has, in their order. */
export const fhirValidatePorts = (
  all: Pick<FhirValidateProperties, 'onWarnings' | 'onErrors'>,
): readonly ('valid' | 'warnings' | 'errors')[] => [
  'valid',
  ...(all.onWarnings === 'output' ? (['warnings'] as const) : []),
  ...(all.onErrors === 'output' ? (['errors'] as const) : []),
];

export const fhirValidateOutputs = (all: Pick<FhirValidateProperties, 'onWarnings' | 'onErrors'>): number =>
  fhirValidatePorts(all).length;

export const fhirValidate: NodeDeclaration<FhirValidateProperties> = {
  type: 'fhir validate',
  properties: {
    name: { value: '' },
    resource: { value: '', expression: 'resourceKind' },
    resourceKind: { value: 'msg', check: valueKind },
    onWarnings: { value: 'output', check: oneOf('output', 'valid') },
    onErrors: { value: 'output', check: oneOf('output', 'fail') },
  },
};
