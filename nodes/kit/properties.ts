/**
 * What a node keeps in `flow.json`, declared once for runtime and editor: default, kind and check of every property.
 * Nothing in here touches Node-RED, so that an editor bundle and the command line's checks can use it too.
 */

/** A key of the kit's locale (`kit.problem.…`), or `null` when the value is right. */
export type Problem = `kit.problem.${string}` | null;

export interface PropertyDeclaration<P, K extends keyof P> {
  readonly value: P[K];
  /** JSONata: always, or where the property named says `jsonata`. The editor checks its syntax. */
  readonly expression?: 'always' | (keyof P & string);
  /** Of a list: the fields of its rows that are JSONata, beside those that say so by a `kind`. */
  readonly rowExpressions?: readonly string[];
  /** Registered type of the config node that the value is the id of. */
  readonly configNode?: 'wardflow-feed' | 'wardflow-fhir-endpoint' | 'wardflow-hl7-endpoint' | 'wardflow-http-endpoint';
  /** The first problem of a value. `all` is the node as it is saved: what another property allows is looked up there. */
  readonly check?: (value: P[K], all: Readonly<P>) => Problem;
}

export type Properties<P> = { readonly [K in keyof P]: PropertyDeclaration<P, K> };

export interface NodeDeclaration<P> {
  /** The type string in `flow.json`. Never changes: saved flows and reviews name it. */
  readonly type: string;
  readonly properties: Properties<P>;
}

export interface FoundProblem {
  readonly property: string;
  readonly key: NonNullable<Problem>;
}

/** Saved values over the defaults, so that a flow written before a property existed still runs. */
export function withDefaults<P extends object>(declaration: NodeDeclaration<P>, saved: object): P {
  const out: Record<string, unknown> = {};
  for (const [name, property] of Object.entries<{ readonly value: unknown }>(declaration.properties)) {
    const value: unknown = (saved as Record<string, unknown>)[name];
    if (value === undefined) out[name] = property.value;
    // A number typed into a form of the editor is saved as text.
    else if (typeof property.value === 'number' && typeof value === 'string' && value.trim() !== '') {
      out[name] = Number(value);
    } else out[name] = value;
  }
  return out as P;
}

export function problemsOf<P extends object>(declaration: NodeDeclaration<P>, values: P): readonly FoundProblem[] {
  const found: FoundProblem[] = [];
  for (const property of Object.keys(declaration.properties) as (keyof P & string)[]) {
    const key = declaration.properties[property].check?.(values[property], values);
    if (key) found.push({ property, key });
  }
  return found;
}
