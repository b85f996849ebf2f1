/** JSON Schema (2020-12) and the TypeScript type of what it describes, written once: the type is inferred from the schema. */

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Shape<out T> {
  readonly schema: JsonSchema;
  /** Never there: carries the type. */
  readonly of?: T;
}

export type ShapeOf<S> = S extends Shape<infer T> ? T : never;

/** A member that may be left out; every other one is always there. */
export interface Optional<out T> extends Shape<T> {
  readonly optional: true;
}

type Members = Readonly<Record<string, Shape<unknown>>>;
type Simple<T> = { readonly [K in keyof T]: T[K] };
type ObjectOf<M extends Members> = Simple<
  { readonly [K in keyof M as M[K] extends Optional<unknown> ? never : K]: ShapeOf<M[K]> } & {
    readonly [K in keyof M as M[K] extends Optional<unknown> ? K : never]?: ShapeOf<M[K]>;
  }
>;

const nullable = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

/** @param description what people read in the reference */
export const text = (description: string): Shape<string> => ({ schema: { type: 'string', description } });
export const maybeText = (description: string): Shape<string | null> => ({
  schema: { type: ['string', 'null'], description },
});
export const yesNo = (description: string): Shape<boolean> => ({ schema: { type: 'boolean', description } });
export const numberOrText = (description: string): Shape<number | string | null> => ({
  schema: { type: ['number', 'string', 'null'], description },
});
export const oneOf = <const V extends readonly string[]>(values: V, description: string): Shape<V[number]> => ({
  schema: { type: 'string', enum: values, description },
});
export const listOf = <T>(item: Shape<T>, description: string): Shape<readonly T[]> => ({
  schema: { type: 'array', items: item.schema, description },
});
export const orNull = <T>(shape: Shape<T>): Shape<T | null> => ({ schema: nullable(shape.schema) });
export const optional = <T>(shape: Shape<T>): Optional<T> => ({ schema: shape.schema, optional: true });

export function object<const M extends Members>(members: M, description?: string): Shape<ObjectOf<M>> {
  const required = Object.keys(members).filter((name) => !('optional' in (members[name] ?? {})));
  return {
    schema: {
      type: 'object',
      additionalProperties: false,
      ...(required.length > 0 && { required }),
      properties: Object.fromEntries(Object.entries(members).map(([name, { schema }]) => [name, schema])),
      ...(description !== undefined && { description }),
    },
  };
}
