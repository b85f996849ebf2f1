/**
 * Endpoints of `bindings.json` whose entry cannot be used. One of them stops nothing but what is sent to it: everything
 * else starts without it, and whoever looks is told which field is wrong. What a value is, is never said: it may be secret.
 */
import { describeProblems, type Problem } from '../base/json-schema.ts';
import { fhirBindingProblem, type FhirAuth } from '../fhir/binding.ts';
import { httpBindingProblem } from '../http/binding.ts';
import { endpointCheck, NAME, type EndpointInFile } from './bindings-schema.ts';

export interface LeftOutEndpoint {
  readonly name: string;
  /** Places in the file, such as `endpoints.ehr.auth.kind`; at least one. */
  readonly places: readonly string[];
  /** What is wrong there, each with its place: `endpoints.ehr.auth lacks "credential"`. */
  readonly problems: string;
}

export function leftOutEndpoint(name: string, problems: readonly Problem[]): LeftOutEndpoint {
  return { name, places: [...new Set(problems.map(({ place }) => place))], problems: describeProblems(problems) };
}

const NAMED = new RegExp(NAME.pattern);

/** What cannot be one is a mistake of the whole file: no node could name it, and nobody would miss it. */
export const isEndpointName = (name: string): boolean => NAMED.test(name);

/** What is wrong with one entry, settings filled in; none: it can be used. */
export function endpointProblems(name: string, entry: unknown): readonly Problem[] {
  const at = `endpoints.${name}`;
  if (!endpointCheck.accepts(entry))
    return endpointCheck
      .problems(entry)
      .map(({ place, what }) => ({ place: place === '' ? at : `${at}.${place}`, what }));
  if (entry.kind === 'mllp') return [];
  const problem =
    entry.kind === 'http'
      ? httpBindingProblem({ base: entry.base, auth: entry.auth ?? { kind: 'none' } })
      : fhirBindingProblem({ base: entry.base, ...(entry.auth && { auth: fhirAuth(entry.auth) }) });
  return problem ? [{ place: `${at}.${problem.field}`, what: `cannot be used: ${problem.reason}` }] : [];
}

type AuthInFile = NonNullable<Exclude<EndpointInFile, { kind: 'mllp' } | { kind: 'http' }>['auth']>;

/** With all that may be left out. */
export const fhirAuth = (auth: AuthInFile): FhirAuth =>
  auth.kind === 'smart-backend' ? { tokenUrl: null, alg: null, kid: null, ...auth } : auth;
