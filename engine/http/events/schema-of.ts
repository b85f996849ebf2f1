import { schemaCheck, type SchemaCheck } from '../../base/json-schema.ts';

const LONGEST = 100_000;

/** The check of a schema as it is typed into a form; `null`: none is wanted. Throws what is wrong with it, without what it holds. */
export function eventSchema(text: string): { readonly schema: object; readonly check: SchemaCheck<unknown> } | null {
  if (text.trim() === '') return null;
  if (text.length > LONGEST) throw new Error('it is too long');
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) throw new Error('it is no object');
  if (/"\$ref"\s*:\s*"(?!#)/.test(text)) throw new Error('it refers to another schema');
  const check = schemaCheck<unknown>(schema);
  // Compiles it.
  check.accepts({});
  return { schema, check };
}
