import { isR4Type } from '../fhir/minimise/element-rules.ts';
import type { RedactAction, RedactRules } from './profile.ts';
import { MASK, redactValue, type HashOf } from './redact-value.ts';

/** Says how many entries stood beside those that are shown: their names may be anybody's. */
const OTHERS = '…';
const DEEPEST = 60;

/** A FHIR resource by the rules of its type (`Patient.gender`) and those of every type (`*.id`). What is none is masked. */
export function redactFhir(value: unknown, rules: RedactRules, hash: HashOf, depth = 0): unknown {
  if (!isRecord(value) || depth > DEEPEST) return value === null ? null : MASK;
  const type = isR4Type(value['resourceType']) ? value['resourceType'] : '*';
  const places = Object.keys(rules);
  const walk: Walk = {
    rule: (path) => rules[`${type}.${path}`] ?? rules[`*.${path}`],
    leads: (path) => places.some((one) => one.startsWith(`${type}.${path}.`) || one.startsWith(`*.${path}.`)),
    other: rules['*'] ?? 'mask',
    resource: (one) => redactFhir(one, rules, hash, depth + 1),
    hash,
  };
  return entriesOf(value, '', walk);
}

/** A record of ours by its rules. */
export function redactRecord(value: unknown, rules: RedactRules, hash: HashOf): unknown {
  const places = Object.keys(rules);
  const walk: Walk = {
    rule: (path) => (path === '*' ? undefined : rules[path]),
    leads: (path) => places.some((one) => one.startsWith(`${path}.`)),
    other: rules['*'] ?? 'mask',
    resource: () => MASK,
    hash,
  };
  return isRecord(value) ? entriesOf(value, '', walk) : value === null ? null : MASK;
}

interface Walk {
  rule(path: string): RedactAction | undefined;
  /** Rules name something in it. */
  leads(path: string): boolean;
  readonly other: RedactAction;
  resource(value: unknown): unknown;
  readonly hash: HashOf;
}

function entriesOf(value: Readonly<Record<string, unknown>>, at: string, walk: Walk): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  let others = 0;
  for (const [name, one] of Object.entries(value)) {
    const path = at === '' ? name : `${at}.${name}`;
    const isNamed = name !== '__proto__' && (walk.rule(path) !== undefined || walk.leads(path));
    if (isNamed || walk.other === 'keep') {
      const left = name === '__proto__' ? undefined : within(one, path, walk);
      if (left !== undefined) shown[name] = left;
    } else if (one !== null && one !== undefined) others += 1;
  }
  if (others > 0 && walk.other !== 'drop') shown[OTHERS] = `${others} masked`;
  return shown;
}

function within(value: unknown, path: string, walk: Walk): unknown {
  if (Array.isArray(value)) return value.map((one) => within(one, path, walk)).filter((one) => one !== undefined);
  const action = walk.rule(path);
  if (action === 'resource') return value === null ? null : walk.resource(value);
  if (action !== undefined) return redactValue(value, action, walk.hash);
  if (isRecord(value) && walk.leads(path)) return entriesOf(value, path, walk);
  return redactValue(value, walk.other, walk.hash);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
