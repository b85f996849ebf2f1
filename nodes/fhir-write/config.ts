/** Creates or changes one FHIR resource: an effect, so it happens once however often the message is delivered. */
import { identity, needed, oneOf, resourceType, text } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface FhirWriteProperties {
  readonly name: string;
  /** Effect name: unique in the definition, kept across edits. */
  readonly effect: string;
  /** Id of the endpoint's config node. */
  readonly endpoint: string;
  readonly operation: 'create' | 'update';
  readonly resourceType: string;
  /** For `update`: JSONata giving an id or a reference. */
  readonly reference: string;
  /** JSONata over the message: the resource to create, or the elements to change (an element that is null is removed). */
  readonly resource: string;
  /** JSONata over the message that tells effects of one message apart; empty: the event's id. */
  readonly discriminator: string;
  /** Action version: a new one makes the effect happen again on a redelivery. */
  readonly version: string;
  /** Ends the branch here instead of sending on. */
  readonly finish: boolean;
}

export const fhirWriteOutputs = (all: Pick<FhirWriteProperties, 'finish'>): number => (all.finish ? 0 : 1);

export const fhirWrite: NodeDeclaration<FhirWriteProperties> = {
  type: 'fhir write',
  properties: {
    name: { value: '' },
    effect: { value: '', check: identity },
    endpoint: { value: '', configNode: 'wardflow-fhir-endpoint', check: needed },
    operation: { value: 'create', check: oneOf('create', 'update') },
    resourceType: { value: 'Task', check: resourceType },
    reference: {
      value: '',
      expression: 'always',
      check: (value, all) => (all.operation === 'update' && text(value) === '' ? 'kit.problem.needed' : null),
    },
    resource: { value: '', expression: 'always', check: needed },
    discriminator: { value: '', expression: 'always' },
    version: { value: '1', check: (value) => (/^[\w.-]{1,32}$/.test(text(value)) ? null : 'kit.problem.version') },
    finish: { value: false },
  },
};
