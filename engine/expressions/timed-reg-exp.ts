/**
 * Regular expressions of JSONata, bounded in time: some need for ever on a text of thirty characters, and none can be
 * interrupted but by a virtual machine's own time limit. That costs a tenth of a millisecond, so what cannot take long
 * goes without.
 */
import { createRequire } from 'node:module';
import type * as Vm from 'node:vm';
import { ExpressionLimit } from './expression-limit.ts';

const LONGEST_MS = 200;
/** Steps that are taken without a limit in time: some milliseconds. */
const FREE_STEPS = 1e6;

const load = createRequire(import.meta.url);

interface Machine {
  readonly place: { re: RegExp; text: string };
  run(): RegExpExecArray | null;
}

let machine: Machine | undefined;

export class TimedRegExp extends RegExp {
  /** `null`: no number of steps can be named. */
  readonly #exponent: number | null;

  constructor(pattern: RegExp | string, flags?: string) {
    super(pattern, flags);
    this.#exponent = exponentOf(this.source);
  }

  override exec(text: string): RegExpExecArray | null {
    if (this.#exponent !== null && text.length ** this.#exponent <= FREE_STEPS) return super.exec(text);
    const re = new RegExp(this.source, this.flags);
    re.lastIndex = this.lastIndex;
    const found = timed(re, text);
    this.lastIndex = re.lastIndex;
    return found;
  }
}

function timed(re: RegExp, text: string): RegExpExecArray | null {
  machine ??= create();
  Object.assign(machine.place, { re, text });
  try {
    return machine.run();
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new ExpressionLimit('time', LONGEST_MS);
  } finally {
    machine.place.text = '';
  }
}

function create(): Machine {
  const vm = load('node:vm') as typeof Vm;
  const place = { re: /(?:)/, text: '' };
  const context = vm.createContext(place);
  const script = new vm.Script('re.exec(text)');
  return { place, run: () => script.runInContext(context, { timeout: LONGEST_MS }) as RegExpExecArray | null };
}

/**
 * Steps grow at most with the length of the text to this power: a start anywhere, and one place for each repetition
 * without an end. `null` where a group repeats or refers back: then they may double with each character.
 */
function exponentOf(source: string): number | null {
  const plain = source
    .replace(/\\[\s\S]/g, (escaped) => (/\\[1-9k]/.test(escaped) ? '\u0001' : '_'))
    .replace(/\[[^\]]*\]/g, '_');
  if (plain.includes('\u0001') || /\)[+*{]/.test(plain)) return null;
  return 1 + (plain.match(/[+*]|\{\d*,?\d*\}/g)?.length ?? 0);
}
