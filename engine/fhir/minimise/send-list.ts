/**
 * What may be sent to an endpoint: resource types, and of each the elements, such as `Task: ["status", "for", "note.text"]`.
 * A name permits the element with all that is in it, a path only what it names, `value[x]` each form of a choice, `*` all.
 */
export type SendList = Readonly<Record<string, readonly string[]>>;

/** Elements by name, and what of each: `all`, or again by name. */
export type Permitted = 'all' | ReadonlyMap<string, Permitted>;

/**
 * The half of the definition: `sends` of its intent for the endpoint. `undefined`: the intent says nothing of what is sent
 * anywhere. An intent that says it of other endpoints only permits nothing here.
 */
export function sendsTo(intent: object, endpoint: string): SendList | undefined {
  const sends = 'sends' in intent ? intent.sends : undefined;
  if (typeof sends !== 'object' || sends === null) return undefined;
  const list: unknown = Object.hasOwn(sends, endpoint) ? (sends as Record<string, unknown>)[endpoint] : {};
  if (typeof list !== 'object' || list === null) return {};
  return Object.fromEntries(
    Object.entries(list).map(([type, elements]) => [
      type,
      Array.isArray(elements) ? elements.filter((one): one is string => typeof one === 'string') : [],
    ]),
  );
}

/** `undefined`: the type is not on the list. */
export function permittedOf(list: SendList, type: string): Permitted | undefined {
  if (!Object.hasOwn(list, type)) return undefined;
  const names = list[type] ?? [];
  if (names.includes('*')) return 'all';
  const root = new Map<string, Permitted>();
  for (const path of names) permit(root, path.split('.'));
  return root;
}

function permit(into: Map<string, Permitted>, [name = '', ...rest]: readonly string[]): void {
  const before = into.get(name);
  if (before === 'all') return;
  if (rest.length === 0) {
    into.set(name, 'all');
    return;
  }
  const inner = new Map(before);
  permit(inner, rest);
  into.set(name, inner);
}

/** What is permitted of the element; `undefined`: nothing. The extensions of a primitive (`_birthDate`) go with it. */
export function permittedIn(permitted: Permitted, element: string): Permitted | undefined {
  if (permitted === 'all') return 'all';
  const name = element.startsWith('_') ? element.slice(1) : element;
  const named = permitted.get(name);
  if (named !== undefined) return named;
  for (const [choice, inner] of permitted) {
    if (choice.endsWith('[x]') && isFormOf(choice.slice(0, -3), name)) return inner;
  }
  return undefined;
}

/** `valueQuantity` is a form of `value[x]`. */
export function isFormOf(stem: string, name: string): boolean {
  return name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length));
}

/** What both permit. */
export function both(one: Permitted, other: Permitted): Permitted {
  if (one === 'all') return other;
  if (other === 'all') return one;
  const names = new Set([...one.keys(), ...other.keys()]);
  const result = new Map<string, Permitted>();
  for (const name of names) {
    const [a, b] = [permittedIn(one, name) ?? one.get(name), permittedIn(other, name) ?? other.get(name)];
    if (a !== undefined && b !== undefined) result.set(name, both(a, b));
  }
  return result;
}
