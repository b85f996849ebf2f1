/** Calls a server that speaks plain HTTP. All but a GET is an effect, so it is asked once however often it takes. */
import { identity, namedValues, needed, oneOf, text, type NamedValue } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface HttpCallProperties {
  readonly name: string;
  /** Id of the endpoint's config node. */
  readonly endpoint: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Effect name: unique in the definition, kept across edits. Not for GET, which may be asked again. */
  readonly effect: string;
  /** Behind the base of the endpoint, beginning with `/`. */
  readonly path: string;
  readonly pathKind: 'str' | 'msg' | 'jsonata';
  /** A row whose value is empty is left out. */
  readonly query: readonly NamedValue[];
  readonly headers: readonly NamedValue[];
  /** An object or a list goes as JSON, a text as it is; empty: no body. */
  readonly body: string;
  readonly bodyKind: 'msg' | 'jsonata';
  readonly contentType: string;
  /** Statuses from 400 to 499 that are answers as well, such as `404`. */
  readonly accepts: readonly string[];
  /** `repeat`: the server knows a repeat, by the method or by Idempotency-Key, so that it may be sent again. */
  readonly whenUnknown: 'person' | 'repeat';
  readonly discriminator: string;
  /** Action version: a new one makes it another request, sent again on a redelivery. */
  readonly version: string;
  /** Ends the branch here instead of sending on. */
  readonly finish: boolean;
}

export const httpCallOutputs = (all: Pick<HttpCallProperties, 'finish'>): number => (all.finish ? 0 : 1);

/** Not those that say who we are or that we should wait: they have a meaning of their own. */
const ACCEPTED = /^4(?!01|03|08|29)\d\d$/;
const PARAMETER = /^[!-~]{1,100}$/;
const HEADER = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/;

export const httpCall: NodeDeclaration<HttpCallProperties> = {
  type: 'http call',
  properties: {
    name: { value: '' },
    endpoint: { value: '', configNode: 'wardflow-http-endpoint', check: needed },
    method: { value: 'POST', check: oneOf('GET', 'POST', 'PUT', 'PATCH', 'DELETE') },
    effect: { value: '', check: (value, all) => (all.method === 'GET' ? null : identity(value)) },
    path: { value: '/', expression: 'pathKind', check: needed },
    pathKind: { value: 'str', check: oneOf('str', 'msg', 'jsonata') },
    query: { value: [], check: namedValues(PARAMETER) },
    headers: { value: [], check: namedValues(HEADER) },
    body: { value: 'payload', expression: 'bodyKind' },
    bodyKind: { value: 'msg', check: oneOf('msg', 'jsonata') },
    contentType: {
      value: 'application/json',
      check: (value, all) =>
        all.method === 'GET' || /^[\w.+-]+\/[\w.+-]+/.test(text(value)) ? null : 'kit.problem.needed',
    },
    accepts: {
      value: [],
      check: (value) => {
        if (!Array.isArray(value) || value.length > 20) return 'kit.problem.list';
        return value.every((status) => ACCEPTED.test(text(status))) ? null : 'kit.problem.list-item';
      },
    },
    whenUnknown: { value: 'person', check: oneOf('person', 'repeat') },
    discriminator: { value: '', expression: 'always' },
    version: { value: '1', check: (value) => (/^[\w.-]{1,32}$/.test(text(value)) ? null : 'kit.problem.version') },
    finish: { value: false },
  },
};
