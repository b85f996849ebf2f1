import type { WardflowError } from '../base/errors.ts';
import type { Failure } from '../store/contract/index.ts';
import { failureOf } from './classify.ts';
import { fhirErrors } from './errors.ts';

/** FHIR R4 2.1.0.1: resource types are UpperCamelCase names; 2.24.0.1: ids are 1 to 64 of these characters. */
const TYPE = /^[A-Z][A-Za-z]{1,63}$/;
const ID = /^[A-Za-z0-9.-]{1,64}$/;
const OPERATION = /^\$[a-z][A-Za-z0-9-]{0,63}$/;

/** What of a request becomes part of its path. */
export interface PathParts {
  readonly type: string;
  readonly id?: string | undefined;
  readonly version?: string | undefined;
  readonly operation?: string;
}

/** Why it cannot be asked for; `undefined`: it can. */
export function wrongPart({ type, id, version, operation }: PathParts): Failure | undefined {
  const wrong = (error: WardflowError): Failure => failureOf(error);
  if (!TYPE.test(type)) return wrong(fhirErrors.create('fhir-type-invalid'));
  if (id !== undefined && !isId(id)) return wrong(fhirErrors.create('fhir-id-invalid', { type }));
  if (version !== undefined && !isId(version)) return wrong(fhirErrors.create('fhir-version-invalid', { type }));
  if (operation !== undefined && !OPERATION.test(operation)) return wrong(fhirErrors.create('fhir-operation-invalid'));
  return undefined;
}

/** `.` and `..` match the characters and would climb out of the path. */
const isId = (text: string): boolean => ID.test(text) && !/^\.+$/.test(text);

export const isType = (text: unknown): text is string => typeof text === 'string' && TYPE.test(text);
