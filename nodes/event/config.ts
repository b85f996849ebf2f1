/** Which events go on, and which way: by name, and by whom they are about. */
import { listOf, oneOf } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface EventProperties {
  readonly name: string;
  /** `patient.admitted` or `patient.*`; each has an output of its own. Empty: all events have one. */
  readonly routes: readonly string[];
  /** HL7 table 0004; empty: any. */
  readonly classes: readonly string[];
  /** PV1-3.1; empty: any. */
  readonly units: readonly string[];
  readonly mode: 'any' | 'live' | 'replay' | 'correction';
  readonly late: 'any' | 'on-time' | 'late';
}

export const MOST_ROUTES = 20;

export const event: NodeDeclaration<EventProperties> = {
  type: 'event',
  properties: {
    name: { value: '' },
    routes: { value: [], check: listOf(/^[a-z]+(?:\.[a-z]+(?:-[a-z]+)*)*(?:\.\*)?$/, MOST_ROUTES) },
    classes: { value: [], check: listOf(/^[^\s|,]{1,20}$/) },
    units: { value: [], check: listOf(/^[^|\r\n]{1,199}$/) },
    mode: { value: 'any', check: oneOf('any', 'live', 'replay', 'correction') },
    late: { value: 'any', check: oneOf('any', 'on-time', 'late') },
  },
};

/** One for each route, and the last for everything else. */
export const eventOutputs = ({ routes }: Pick<EventProperties, 'routes'>): number =>
  Math.max(1, Array.isArray(routes) ? routes.length : 0) + 1;
