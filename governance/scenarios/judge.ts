/** Compares what was expected with what came, and says the difference so that a person can read it. */
import jsonata from 'jsonata';
import { bounded } from '../../engine/index.ts';
import type { Observed } from './observed.ts';
import type { Expectation } from './scenario.ts';

/** `null`: it is as expected. */
export async function differenceOf(expectation: Expectation, observed: Observed): Promise<string | null> {
  const { kind, match, of, is, count } = expectation;
  const all = thingsOf(expectation, observed).filter((one) => of === undefined || one.of === of);
  if (kind === 'state' && is !== undefined) {
    const actual = all.map(({ thing }) => String((thing as { readonly state: unknown }).state));
    if (!actual.every((one) => one === is) || actual.length === 0)
      return `the message "${of ?? ''}" is ${actual.join(', ') || 'not there'}, expected ${is}${shown(all)}`;
  }
  const matching: unknown[] = [];
  for (const one of all) if (match === undefined || (await holds(match, one.thing))) matching.push(one.thing);
  if (count === undefined ? matching.length > 0 : matching.length === count) return null;
  const wanted = count === undefined ? `at least one ${nameOf(expectation)}` : `${count} ${nameOf(expectation)}`;
  const where = match === undefined ? '' : ` where ${match}`;
  const found =
    match === undefined || all.length === 0
      ? `there ${all.length === 1 ? 'is' : 'are'} ${all.length}`
      : `${matching.length} of ${all.length} fit`;
  return `expected ${wanted}${of === undefined ? '' : ` of "${of}"`}${where}; ${found}${shown(all)}`;
}

interface Thing {
  readonly of: string | null;
  readonly thing: object;
}

function thingsOf({ kind, type }: Expectation, observed: Observed): readonly Thing[] {
  const plain = (list: readonly { readonly of: string | null }[]): readonly Thing[] =>
    list.map((thing) => ({ of: thing.of, thing }));
  const resources = (wanted: string | undefined): readonly Thing[] =>
    observed.resources
      .filter(({ resource }) => resource.resourceType === wanted)
      .map(({ of, resource }) => ({ of, thing: resource }));
  switch (kind) {
    case 'effect':
      return plain(observed.effects);
    case 'message':
      return plain(observed.messages);
    case 'request':
      return plain(observed.requests);
    case 'alert':
      return plain(observed.alerts);
    case 'decision':
      return plain(observed.decisions);
    case 'escalation':
      return plain(observed.escalations);
    case 'state':
      return plain(observed.states);
    case 'task':
      return resources('Task');
    case 'resource':
      return resources(type);
    case 'workflow-task':
      return plain(observed.people.tasks);
    case 'policy-alert':
      return plain(observed.people.alarms);
    case 'held-back':
      return plain(observed.people.heldBack);
    case 'told':
      return plain(observed.people.told);
    case 'fallback':
      return plain(observed.people.fallbacks);
    case 'review':
      return plain(observed.people.reviews);
    default:
      return never(kind);
  }
}

async function holds(match: string, thing: object): Promise<boolean> {
  try {
    return (await bounded(jsonata(match)).evaluate(thing)) === true;
  } catch {
    // What cannot be evaluated over this thing does not fit it.
    return false;
  }
}

/** What is not called as its kind. */
const NAMES: Readonly<Partial<Record<Expectation['kind'], string>>> = {
  'workflow-task': 'workflow task',
  'policy-alert': 'alert of a policy',
  'held-back': 'alert held back',
  told: 'telling by a channel',
  fallback: 'fallback in force',
  review: 'message held for review',
};

const nameOf = ({ kind, type, what }: Expectation): string =>
  `${kind === 'resource' ? (type ?? kind) : (NAMES[kind] ?? kind)}${what === undefined ? '' : ` (${what})`}`;

const MOST_SHOWN = 3;

/** Scenarios are synthetic: what they made may be shown whole. */
function shown(all: readonly Thing[]): string {
  if (all.length === 0) return '';
  const lines = all.slice(0, MOST_SHOWN).map(({ thing }) => `\n      ${JSON.stringify(thing).slice(0, 600)}`);
  return `:${lines.join('')}${all.length > MOST_SHOWN ? `\n      and ${all.length - MOST_SHOWN} more` : ''}`;
}

function never(kind: never): never {
  throw new TypeError(`not a kind of expectation: ${String(kind)}`);
}
