/**
 * FHIRPath over one resource, bounded: an expression runs to its end in one turn of the event loop, and a regular expression or
 * a few nested selections need for ever. Bounded are the time of an evaluation (by a virtual machine's own limit, since
 * nothing else interrupts a regular expression), how many values it makes, and how much text.
 *
 * The library behind it answers "nothing" for functions that it only names (`repeat`, `split`), ignores what stands after the end of an
 * expression, and puts values into its errors. Here the first two are refused, and its errors are not passed on.
 */
import { createRequire } from 'node:module';
import type * as Vm from 'node:vm';
import type * as Medplum from '@medplum/core';
import { ExpressionLimit } from './expression-limit.ts';

export interface FhirPathLimits {
  /** Milliseconds of one evaluation. */
  readonly timeMs: number;
  /** Values that all its parts come to together. */
  readonly values: number;
  /** Characters of text that all its parts make together. */
  readonly characters: number;
}

export const FHIR_PATH_LIMITS: FhirPathLimits = { timeMs: 500, values: 200_000, characters: 4_000_000 };
const LONGEST = 4_000;

/** What is wrong with an expression; says nothing of what it was read over. */
export class FhirPathProblem extends Error {
  /** `syntax` and `function` when it is prepared, `evaluation` on a resource. */
  readonly kind: 'syntax' | 'function' | 'evaluation';
  /** `column 7`, or the function's name; '' where nothing is known. */
  readonly at: string;

  constructor(kind: FhirPathProblem['kind'], at = '') {
    super(`FHIRPath ${kind}`);
    this.kind = kind;
    this.at = at;
  }
}

/**
 * A prepared expression. Gives the values found, in their order, which may be parts of the resource: not to be changed.
 *
 * @throws ExpressionLimit, FhirPathProblem `evaluation`
 */
export type FhirPath = (resource: unknown, limits?: FhirPathLimits) => readonly unknown[];

/** @throws FhirPathProblem, ExpressionLimit */
export function prepareFhirPath(source: string): FhirPath {
  if (source.length > LONGEST) throw new ExpressionLimit('size', LONGEST);
  const { parseFhirPath, evalFhirPathTyped, toTypedValue } = (medplum ??= load('@medplum/core') as typeof Medplum);
  if (!isClosed(source)) throw new FhirPathProblem('syntax');
  let tree: Medplum.FhirPathAtom;
  try {
    // In brackets: what is left over after the end is an error then.
    tree = timed(FHIR_PATH_LIMITS.timeMs, () => parseFhirPath(`(${source}\n)`)) as Medplum.FhirPathAtom;
  } catch (error) {
    throw error instanceof ExpressionLimit ? error : new FhirPathProblem('syntax', columnIn(error));
  }
  const budget = { values: 0, characters: 0 };
  guard(tree.child, budget, new Set());
  return (resource, limits = FHIR_PATH_LIMITS) => {
    Object.assign(budget, { values: limits.values, characters: limits.characters });
    const root = toTypedValue(resource);
    try {
      const found = timed(limits.timeMs, () =>
        evalFhirPathTyped(tree, [root], { '%resource': root, '%context': root }),
      ) as readonly Medplum.TypedValue[];
      return found.map(({ value }) => value as unknown).filter((value) => value !== undefined && value !== null);
    } catch (error) {
      throw limitIn(error) ?? new FhirPathProblem('evaluation');
    }
  };
}

const load = createRequire(import.meta.url);
let medplum: typeof Medplum | undefined;

/** Those that do what the specification says (N1), by name; the library's others give nothing. */
const FUNCTIONS = new Set(
  (
    'empty,hasValue,exists,all,allTrue,anyTrue,allFalse,anyFalse,subsetOf,supersetOf,count,distinct,isDistinct,where,select,ofType,single,first,' +
    'last,tail,skip,take,intersect,exclude,union,combine,iif,toBoolean,convertsToBoolean,toInteger,convertsToInteger,toDate,convertsToDate,' +
    'toDateTime,convertsToDateTime,toDecimal,convertsToDecimal,toQuantity,convertsToQuantity,toString,convertsToString,toTime,convertsToTime,' +
    'indexOf,substring,startsWith,endsWith,contains,upper,lower,replace,matches,replaceMatches,length,toChars,join,abs,ceiling,exp,floor,ln,log,' +
    'power,round,sqrt,truncate,now,today,is,not,as,extension,getResourceKey,getReferenceKey'
  ).split(','),
);

interface Budget {
  values: number;
  characters: number;
}
type Atom = Medplum.Atom;
interface AnyAtom extends Atom {
  readonly name?: unknown;
  readonly args?: readonly AnyAtom[];
  readonly child?: AnyAtom;
  readonly left?: AnyAtom;
  readonly right?: AnyAtom;
  readonly expr?: AnyAtom;
}

/** Counts what each part of the expression comes to, in place: the tree is ours alone. */
function guard(atom: AnyAtom, budget: Budget, seen: Set<AnyAtom>): void {
  if (seen.has(atom)) return;
  seen.add(atom);
  const { name, args } = atom;
  if (args !== undefined && !FUNCTIONS.has(String(name))) throw new FhirPathProblem('function', shown(name));
  // Names every object answers to: what is found there is no element.
  if (typeof name === 'string' && args === undefined && name in Object.prototype)
    throw new FhirPathProblem('syntax', shown(name));
  const evaluate = atom.eval.bind(atom);
  atom.eval = (context, input) => {
    if (args) weigh(String(name), args, context, input, budget);
    const found = evaluate(context, input);
    if ((budget.values -= found.length + 1) < 0) throw new ExpressionLimit('size', FHIR_PATH_LIMITS.values);
    for (const { value } of found as readonly { readonly value: unknown }[])
      if (typeof value === 'string' && (budget.characters -= value.length) < 0)
        throw new ExpressionLimit('size', FHIR_PATH_LIMITS.characters);
    return found;
  };
  for (const part of [atom.child, atom.left, atom.right, atom.expr, ...(args ?? [])])
    if (part) guard(part, budget, seen);
}

/** What makes much more of what it is given, in one call that nothing counts: what it may come to. */
function weigh(
  name: string,
  args: readonly AnyAtom[],
  context: Medplum.AtomContext,
  input: Medplum.TypedValue[],
  budget: Budget,
): void {
  const textOf = (atom: AnyAtom | undefined): string => {
    const value: unknown = atom?.eval(context, input)[0]?.value;
    return typeof value === 'string' ? value : '';
  };
  const given: unknown = input[0]?.value;
  const length = typeof given === 'string' ? given.length : 0;
  let most = 0;
  if (name === 'replace') most = (length + 1) * (textOf(args[1]).length + 1);
  // A match may hold all of the text, at each of its places.
  else if (name === 'replaceMatches') {
    const by = textOf(args[1]);
    most = (length + 1) * (by.length + 1) * (by.includes('$') ? length + 1 : 1);
  } else if (name === 'join') most = input.length * (textOf(args[0]).length + 1);
  if (most > budget.characters) throw new ExpressionLimit('size', FHIR_PATH_LIMITS.characters);
  if (name === 'toChars' && length > budget.values) throw new ExpressionLimit('size', FHIR_PATH_LIMITS.values);
}

interface Machine {
  readonly place: { run: () => unknown };
  readonly script: Vm.Script;
  readonly context: Vm.Context;
}
let machine: Machine | undefined;

function timed(timeMs: number, run: () => unknown): unknown {
  machine ??= createMachine();
  machine.place.run = run;
  try {
    return machine.script.runInContext(machine.context, { timeout: Math.max(1, Math.ceil(timeMs)) });
  } catch (error) {
    if ((error as { readonly code?: unknown } | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new ExpressionLimit('time', timeMs);
  } finally {
    machine.place.run = () => undefined;
  }
}

function createMachine(): Machine {
  const vm = load('node:vm') as typeof Vm;
  const place = { run: (): unknown => undefined };
  return { place, script: new vm.Script('run()'), context: vm.createContext(place) };
}

/** Whether each bracket closes one that was opened before it: brackets around the whole tell nothing otherwise. */
function isClosed(source: string): boolean {
  const plain = source.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/gs, '');
  let open = 0;
  for (const character of plain) {
    if (character === '(') open++;
    if (character === ')' && --open < 0) return false;
  }
  return open === 0 && plain.trim() + source.trim() !== '';
}

/** The library wraps what is thrown inside; its own texts hold values. */
function limitIn(error: unknown): ExpressionLimit | undefined {
  for (let one = error, steps = 0; one instanceof Error && steps < 5; one = one.cause, steps++)
    if (one instanceof ExpressionLimit) return one;
  return undefined;
}

function columnIn(error: unknown): string {
  const column = /column (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  // One less: of our bracket.
  return column === undefined ? '' : `column ${Math.max(1, Number(column))}`;
}

const shown = (name: unknown): string => String(name).slice(0, 40);
