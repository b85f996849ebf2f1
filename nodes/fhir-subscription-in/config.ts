/** Watches resources of a FHIR server: by notifications where an address is bound, and by a poll in any case. */
import { identity, needed, oneOf, resourceType, text, wholeNumber } from '../kit/checks.ts';
import type { NodeDeclaration, Problem } from '../kit/properties.ts';

export interface FhirSubscriptionInProperties {
  readonly name: string;
  /** Its feed's name, and under which an address is bound; its waiting work belongs to it. */
  readonly subscription: string;
  /** Id of the endpoint's config node. */
  readonly endpoint: string;
  readonly resourceType: string;
  /** `status=in-progress&class=IMP`; empty: all of the type. */
  readonly criteria: string;
  /** Canonical of a SubscriptionTopic; empty: criteria alone. */
  readonly topic: string;
  readonly content: 'resource' | 'id' | 'none';
  readonly ordering: 'resource' | 'patient' | 'none';
  readonly lane: 'stat' | 'urgent' | 'routine' | 'bulk';
  readonly afterDead: 'hold' | 'continue';
  readonly deadlineSeconds: number;
  readonly pollMinutes: number;
  readonly heartbeatSeconds: number;
  readonly ownChanges: 'leave-out' | 'take';
  readonly deletions: boolean;
  /** `all`: one message for each event of the catalogue that the change states; `none`: one for each change. */
  readonly events: 'all' | 'none';
  /** Elements of the resource whose references are read along: `subject`. */
  readonly include: readonly string[];
  /** Changes in the flow at once. */
  readonly capacity: number;
}

/** The poll sets these itself. */
const OWN = new Set(['_lastUpdated', '_sort', '_count', '_since', '_format']);

export const criteriaProblem = (value: unknown): Problem => {
  const given = text(value);
  if (given === '') return null;
  if (given.length > 1000 || !/^[A-Za-z_][\w:.-]*=[^\s?#&]*(&[A-Za-z_][\w:.-]*=[^\s?#&]*)*$/.test(given))
    return 'kit.problem.criteria';
  const names = given.split('&').map((one) => one.slice(0, one.indexOf('=')));
  return new Set(names).size < names.length || names.some((name) => OWN.has(name)) ? 'kit.problem.criteria' : null;
};

export const fhirSubscriptionIn: NodeDeclaration<FhirSubscriptionInProperties> = {
  type: 'fhir subscription in',
  properties: {
    name: { value: '' },
    subscription: { value: '', check: identity },
    endpoint: { value: '', configNode: 'wardflow-fhir-endpoint', check: needed },
    resourceType: { value: 'Encounter', check: resourceType },
    criteria: { value: '', check: criteriaProblem },
    topic: {
      value: '',
      check: (value) => (text(value) === '' || /^https?:\/\/\S{1,500}$/.test(text(value)) ? null : 'kit.problem.topic'),
    },
    content: { value: 'resource', check: oneOf('resource', 'id', 'none') },
    ordering: { value: 'resource', check: oneOf('resource', 'patient', 'none') },
    lane: { value: 'routine', check: oneOf('stat', 'urgent', 'routine', 'bulk') },
    afterDead: { value: 'hold', check: oneOf('hold', 'continue') },
    deadlineSeconds: { value: 60, check: wholeNumber(5, 3600) },
    pollMinutes: { value: 10, check: wholeNumber(1, 1440) },
    heartbeatSeconds: { value: 60, check: wholeNumber(0, 86_400) },
    ownChanges: { value: 'leave-out', check: oneOf('leave-out', 'take') },
    deletions: { value: false },
    events: { value: 'all', check: oneOf('all', 'none') },
    include: {
      value: [],
      check: (value) =>
        Array.isArray(value) &&
        value.length <= 5 &&
        value.every((one) => typeof one === 'string' && /^[a-z][A-Za-z]{0,63}$/.test(one))
          ? null
          : 'kit.problem.include',
    },
    capacity: { value: 16, check: wholeNumber(1, 256) },
  },
};
