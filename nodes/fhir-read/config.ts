/** Reads one resource by its reference, or searches. */
import { namedValues, needed, oneOf, resourceType, text, wholeNumber, type NamedValue } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface FhirReadProperties {
  readonly name: string;
  /** Id of the endpoint's config node. */
  readonly endpoint: string;
  readonly operation: 'read' | 'search';
  readonly resourceType: string;
  /** For `read`: JSONata over the message giving an id (`12`) or a reference (`Task/12`). */
  readonly reference: string;
  /** For `search`: search parameters; a row whose value is empty is left out. */
  readonly parameters: readonly NamedValue[];
  readonly maxPages: number;
  /** Nothing found: an error (dead letter), the second output, or go on with `msg.fhir.resource` null. */
  readonly notFound: 'error' | 'output' | 'go-on';
}

export const fhirReadOutputs = (all: Pick<FhirReadProperties, 'notFound'>): number =>
  all.notFound === 'output' ? 2 : 1;

export const fhirRead: NodeDeclaration<FhirReadProperties> = {
  type: 'fhir read',
  properties: {
    name: { value: '' },
    endpoint: { value: '', configNode: 'wardflow-fhir-endpoint', check: needed },
    operation: { value: 'read', check: oneOf('read', 'search') },
    resourceType: { value: 'Task', check: resourceType },
    reference: {
      value: '',
      expression: 'always',
      check: (value, all) => (all.operation === 'read' && text(value) === '' ? 'kit.problem.needed' : null),
    },
    parameters: {
      value: [],
      check: (value, all) => {
        if (all.operation !== 'search') return null;
        if (Array.isArray(value) && value.length === 0) return 'kit.problem.parameters';
        return namedValues(/^[A-Za-z_][\w:.-]{0,99}$/)(value);
      },
    },
    maxPages: { value: 1, check: wholeNumber(1, 10) },
    notFound: { value: 'error', check: oneOf('error', 'output', 'go-on') },
  },
};
