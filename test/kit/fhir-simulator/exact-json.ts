/** JSON whose numbers keep their text: FHIR decimals have a precision (R4, 2.24.0.1), and `JSON.parse` makes 5.1 of 5.10. */
interface ExactJson {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
  parse(
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}
const json = JSON as unknown as ExactJson;

/** As `JSON.parse`; a number that would be written otherwise is kept raw, and `JSON.stringify` writes it as it was. */
export function parseExact(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && source !== String(value) ? json.rawJSON(source) : value,
  );
}

export const isRaw = (value: unknown): boolean => json.isRawJSON(value);

export type Resource = Readonly<Record<string, unknown>> & { readonly resourceType: string };

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isResource(value: unknown): value is Resource {
  return isRecord(value) && typeof value['resourceType'] === 'string';
}
