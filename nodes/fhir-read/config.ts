/** Reads one resource, one of its versions or its history by its reference, or searches. */
import { namedValues, needed, oneOf, resourceType, text, valueKind, wholeNumber } from '../kit/checks.ts';
import type { NamedValue, ValueKind } from '../kit/checks.ts';
import type { NodeDeclaration, Problem } from '../kit/properties.ts';

export interface FhirReadProperties {
  readonly name: string;
  /** Id of the endpoint's config node. */
  readonly endpoint: string;
  readonly operation: (typeof FHIR_READS)[number];
  readonly resourceType: string;
  /** But for `search`: gives an id (`12`) or a reference (`Task/12`). */
  readonly reference: string;
  readonly referenceKind: ValueKind;
  /** For `vread`: the version; empty: the one that the reference names (`Task/12/_history/3`). */
  readonly version: string;
  readonly versionKind: ValueKind;
  /** For `history`: an instant, before which changes are left out; empty: all. */
  readonly since: string;
  readonly sinceKind: ValueKind;
  /** For `search`: search parameters; a row whose value is empty is left out. */
  readonly parameters: readonly NamedValue[];
  readonly maxPages: number;
  /** Nothing found: an error (dead letter), the second output, or go on with `msg.fhir.resource` null. */
  readonly notFound: 'error' | 'output' | 'go-on';
}

export const FHIR_READS = ['read', 'vread', 'search', 'history'] as const;

export const fhirReadOutputs = (all: Pick<FhirReadProperties, 'notFound'>): number =>
  all.notFound === 'output' ? 2 : 1;

/** A name, with modifiers (`name:exact`), chains (`subject.name`) and `_has`. */
const PARAMETER = /^[A-Za-z_][\w:.-]{0,99}$/;

const parameters = (value: unknown, all: Readonly<FhirReadProperties>): Problem => {
  if (all.operation !== 'search') return null;
  if (Array.isArray(value) && value.length === 0) return 'kit.problem.parameters';
  return namedValues(PARAMETER)(value);
};

export const fhirRead: NodeDeclaration<FhirReadProperties> = {
  type: 'fhir read',
  properties: {
    name: { value: '' },
    endpoint: { value: '', configNode: 'wardflow-fhir-endpoint', check: needed },
    operation: { value: 'read', check: oneOf(...FHIR_READS) },
    resourceType: { value: 'Task', check: resourceType },
    reference: {
      value: '',
      expression: 'referenceKind',
      check: (value, all) => (all.operation !== 'search' && text(value) === '' ? 'kit.problem.needed' : null),
    },
    referenceKind: { value: 'jsonata', check: valueKind },
    version: { value: '', expression: 'versionKind' },
    versionKind: { value: 'jsonata', check: valueKind },
    since: { value: '', expression: 'sinceKind' },
    sinceKind: { value: 'jsonata', check: valueKind },
    parameters: { value: [], check: parameters },
    maxPages: { value: 1, check: wholeNumber(1, 10) },
    notFound: { value: 'error', check: oneOf('error', 'output', 'go-on') },
  },
};
