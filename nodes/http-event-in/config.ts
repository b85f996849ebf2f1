/** Takes events that a site's own systems send by HTTP: a feed of its own, whose address and secret are bound. */
import { identity, oneOf, text, wholeNumber } from '../kit/checks.ts';
import type { NodeDeclaration, Problem } from '../kit/properties.ts';

export interface HttpEventInProperties {
  readonly name: string;
  /** Its feed's name, and the last part of the address; its waiting work belongs to it. */
  readonly feed: string;
  /** JSON Schema 2020-12 of the event; empty: any JSON object. */
  readonly schema: string;
  /** JSON Pointers into the event. */
  readonly idAt: string;
  readonly typeAt: string;
  readonly orderingAt: string;
  readonly patientAt: string;
  readonly lane: 'stat' | 'urgent' | 'routine' | 'bulk';
  readonly afterDead: 'hold' | 'continue';
  readonly deadlineSeconds: number;
  readonly resendWindowDays: number;
  readonly maxKilobytes: number;
  /** Events in the flow at once. */
  readonly capacity: number;
}

const pointer = (value: unknown): Problem =>
  text(value) === '' || /^(?:\/(?:[^~/]|~[01])*){1,20}$/.test(text(value)) ? null : 'kit.problem.pointer';

const schemaProblem = (value: unknown): Problem => {
  if (text(value) === '') return null;
  try {
    const schema: unknown = JSON.parse(text(value));
    return typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? null : 'kit.problem.schema';
  } catch {
    return 'kit.problem.schema';
  }
};

export const httpEventIn: NodeDeclaration<HttpEventInProperties> = {
  type: 'http event in',
  properties: {
    name: { value: '' },
    feed: { value: '', check: identity },
    schema: { value: '', check: schemaProblem },
    idAt: { value: '', check: pointer },
    typeAt: { value: '', check: pointer },
    orderingAt: { value: '', check: pointer },
    patientAt: { value: '', check: pointer },
    lane: { value: 'routine', check: oneOf('stat', 'urgent', 'routine', 'bulk') },
    afterDead: { value: 'continue', check: oneOf('hold', 'continue') },
    deadlineSeconds: { value: 60, check: wholeNumber(5, 3600) },
    resendWindowDays: { value: 7, check: wholeNumber(1, 90) },
    maxKilobytes: { value: 256, check: wholeNumber(1, 4096) },
    capacity: { value: 16, check: wholeNumber(1, 256) },
  },
};
