/**
 * Whether an expression can make values that are much larger than what it is given: where it only looks, compares and counts,
 * nothing needs to be weighed. By its syntax tree, as jsonata 2 has it; whatever is not known to be harmless can.
 */
const words = (text: string): ReadonlySet<unknown> => new Set(text.trim().split(/\s+/));

const HARMLESS_TYPES = words(`
  path name wildcard descendant parent filter index sort string number value regex variable condition
  block
`);

const HARMLESS_OPERATORS: ReadonlySet<unknown> = new Set([
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'and',
  'or',
  'in',
  '+',
  '-',
  '*',
  '/',
  '%',
]);

/** Their answers are truth values, numbers, or no longer than what they are given; and they call no function. */
const HARMLESS_FUNCTIONS = words(`
  abs average boolean ceil contains count distinct exists floor fromMillis length lowercase max millis
  min not now number power round sqrt substring substringAfter substringBefore sum toMillis trim type
  uppercase
`);

type Part = Readonly<Record<string, unknown>>;

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null;

export function canGrow(tree: unknown): boolean {
  const seen = new Set<unknown>();
  const grows = (value: unknown): boolean => {
    if (!isPart(value) || value instanceof RegExp || seen.has(value)) return false;
    seen.add(value);
    if (Array.isArray(value)) return value.some(grows);
    return !isHarmless(value) || Object.values(value).some(grows);
  };
  return grows(tree);
}

function isHarmless({ type, value, procedure, lhs, group }: Part): boolean {
  // The terms of an order, the slot of a parent: parts of a part.
  if (type === undefined) return true;
  if (group !== undefined) return false;
  if (type === 'function') return isPart(procedure) && HARMLESS_FUNCTIONS.has(procedure['value']);
  if (type === 'binary') return HARMLESS_OPERATORS.has(value);
  if (type === 'unary') return value === '-';
  // Another function under the name of a harmless one.
  if (type === 'bind') return isPart(lhs) && !HARMLESS_FUNCTIONS.has(lhs['value']);
  return HARMLESS_TYPES.has(type);
}
