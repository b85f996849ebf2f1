/** Creates or changes FHIR resources: an effect, so it happens once however often the message is delivered. */
import { identity, needed, oneOf, resourceType, text, valueKind } from '../kit/checks.ts';
import type { ValueKind } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';
import { patchStepsProblem, type PatchStep } from './patch-step.ts';

export interface FhirWriteProperties {
  readonly name: string;
  /** Effect name: unique in the definition, kept across edits. */
  readonly effect: string;
  /** Id of the endpoint's config node. */
  readonly endpoint: string;
  readonly operation: (typeof FHIR_WRITES)[number];
  /** But for `transaction`. */
  readonly resourceType: string;
  /** For `update` and `patch`: gives an id or a reference. */
  readonly reference: string;
  readonly referenceKind: ValueKind;
  /** For `patch`: rows of the form, or steps that an expression gives (RFC 6902). */
  readonly patchBy: 'rows' | 'expression';
  readonly steps: readonly PatchStep[];
  /**
   * The resource to create, the elements to change (an element that is null is removed), the steps of a patch, or the Bundle of a
   * transaction.
   */
  readonly resource: string;
  readonly resourceKind: 'jsonata' | 'msg';
  /** JSONata over the message that tells effects of one message apart; empty: the event's id. */
  readonly discriminator: string;
  /** Action version: a new one makes the effect happen again on a redelivery. */
  readonly version: string;
  /** Ends the branch here instead of sending on. */
  readonly finish: boolean;
}

export const FHIR_WRITES = ['create', 'update', 'patch', 'transaction'] as const;

/** What a write to an existing resource names. */
const changes = ({ operation }: Pick<FhirWriteProperties, 'operation'>): boolean =>
  operation === 'update' || operation === 'patch';

const byRows = ({ operation, patchBy }: Pick<FhirWriteProperties, 'operation' | 'patchBy'>): boolean =>
  operation === 'patch' && patchBy === 'rows';

export const fhirWriteOutputs = (all: Pick<FhirWriteProperties, 'finish'>): number => (all.finish ? 0 : 1);

export const fhirWrite: NodeDeclaration<FhirWriteProperties> = {
  type: 'fhir write',
  properties: {
    name: { value: '' },
    effect: { value: '', check: identity },
    endpoint: { value: '', configNode: 'wardflow-fhir-endpoint', check: needed },
    operation: { value: 'create', check: oneOf(...FHIR_WRITES) },
    resourceType: { value: 'Task', check: resourceType },
    reference: {
      value: '',
      expression: 'referenceKind',
      check: (value, all) => (changes(all) && text(value) === '' ? 'kit.problem.needed' : null),
    },
    referenceKind: { value: 'jsonata', check: valueKind },
    patchBy: { value: 'rows', check: oneOf('rows', 'expression') },
    steps: { value: [], check: (value, all) => (byRows(all) ? patchStepsProblem(value) : null) },
    resource: {
      value: '',
      expression: 'resourceKind',
      check: (value, all) => (byRows(all) ? null : needed(value)),
    },
    resourceKind: { value: 'jsonata', check: oneOf('jsonata', 'msg') },
    discriminator: { value: '', expression: 'always' },
    version: { value: '1', check: (value) => (/^[\w.-]{1,32}$/.test(text(value)) ? null : 'kit.problem.version') },
    finish: { value: false },
  },
};
