/**
 * Cells under `when`: DMN unary tests in simple FEEL (DMN 1.3, clause 10.3.1.2 grammar rules 7 to 18), parsed for the type
 * of their column. Nothing is guessed: what does not parse whole is refused.
 */
import { isOrdered, orderOf, type ColumnType, type Scalar } from './value.ts';

export type Cell =
  /** `-`: matches everything, `null` too. */
  | { readonly kind: 'any' }
  | {
      readonly kind: 'tests';
      readonly negated: boolean;
      readonly tests: readonly Test[];
      /** What is written for each of `tests`, for explanations. */
      readonly texts: readonly string[];
    }
  /** JSONata. */
  | { readonly kind: 'expression'; readonly source: string };

export type Test =
  | { readonly kind: 'null' }
  | { readonly kind: 'equals'; readonly value: Scalar }
  /** On the axis of an ordered column. */
  | Range;

export interface Range {
  readonly kind: 'range';
  readonly low: number;
  readonly lowOpen: boolean;
  readonly high: number;
  readonly highOpen: boolean;
}

/** The cell as it is written, but for spaces. */
export function cellText(cell: Cell): string {
  if (cell.kind === 'any') return '-';
  if (cell.kind === 'expression') return `= ${cell.source}`;
  const texts = [...new Set(cell.texts)].join(', ');
  return cell.negated ? `not(${texts})` : texts;
}

/** What is wrong with a cell, as half a sentence. */
export class CellProblem extends Error {}

export const LONGEST_CELL = 2_000;

export function parseCell(text: string, type: ColumnType): Cell {
  const trimmed = text.trim();
  if (text.length > LONGEST_CELL) throw new CellProblem(`is longer than ${LONGEST_CELL} characters`);
  if (trimmed === '') throw new CellProblem('is empty: write - for any value');
  if (trimmed === '-') return { kind: 'any' };
  if (trimmed.startsWith('=')) {
    const source = trimmed.slice(1).trim();
    if (source === '') throw new CellProblem('has no expression after =');
    return { kind: 'expression', source };
  }
  const reader = new Reader(trimmed, type);
  const negated = reader.takeWord('not');
  if (negated) reader.expect('(');
  const tests: Test[] = [];
  const texts: string[] = [];
  do {
    const { read, text } = reader.alternative();
    tests.push(...read);
    texts.push(...read.map(() => text));
  } while (reader.take(','));
  if (negated) reader.expect(')');
  reader.end();
  return { kind: 'tests', negated, tests, texts };
}

class Reader {
  readonly #text: string;
  readonly #type: ColumnType;
  #at = 0;

  constructor(text: string, type: ColumnType) {
    this.#text = text;
    this.#type = type;
  }

  /** One alternative, with its text; a time interval over midnight is two ranges. */
  alternative(): { readonly read: readonly Test[]; readonly text: string } {
    this.#space();
    const from = this.#at;
    const read = this.#test();
    return { read, text: this.#text.slice(from, this.#at) };
  }

  #test(): readonly Test[] {
    if (this.takeWord('null')) return [{ kind: 'null' }];
    const operator = this.#match(/<=|>=|<|>/y);
    if (operator !== undefined) {
      this.#mustBeOrdered(`the comparison ${operator}`);
      const bound = this.#point();
      const [low, high] = operator.startsWith('<') ? [-Infinity, bound] : [bound, Infinity];
      const open = operator.length === 1;
      return [{ kind: 'range', low, lowOpen: open, high, highOpen: open }];
    }
    const start = this.#match(/[[\](]/y);
    if (start !== undefined) return this.#interval(start);
    if (isOrdered(this.#type)) {
      const point = this.#point();
      return [{ kind: 'range', low: point, lowOpen: false, high: point, highOpen: false }];
    }
    return [{ kind: 'equals', value: this.#scalar() }];
  }

  #interval(start: string): readonly Test[] {
    this.#mustBeOrdered('an interval');
    const lowOpen = start !== '[';
    const low = this.#point();
    if (this.#match(/\.\./y) === undefined) throw this.#unexpected('".." was expected');
    const high = this.#point();
    const end = this.#match(/[[\])]/y);
    if (end === undefined) throw this.#unexpected('the interval is not closed');
    const highOpen = end !== ']';
    if (low > high && this.#type === 'time')
      return [
        { kind: 'range', low, lowOpen, high: Infinity, highOpen: true },
        { kind: 'range', low: -Infinity, lowOpen: true, high, highOpen },
      ];
    if (low > high) throw new CellProblem('has an interval whose end lies before its start');
    if (low === high && (lowOpen || highOpen)) throw new CellProblem('has an interval that nothing can be in');
    return [{ kind: 'range', low, lowOpen, high, highOpen }];
  }

  /** A literal of an ordered column, as its place on the axis. */
  #point(): number {
    if (this.#type === 'number') {
      const text = this.#match(/-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?!\w|\.\w)/y);
      const value = Number(text);
      if (text === undefined || !Number.isFinite(value)) throw this.#unexpected('a number was expected');
      return value;
    }
    const { name, call, like } = CALLS[this.#type === 'date' || this.#type === 'time' ? this.#type : 'dateTime'];
    if (this.#match(call) === undefined) throw this.#unexpected(`${name}("…") was expected`);
    const text = this.#string();
    this.expect(')');
    const point = orderOf(this.#type, text);
    if (Number.isNaN(point)) throw new CellProblem(`has ${JSON.stringify(text)}, which is not a ${like}`);
    return point;
  }

  #scalar(): Scalar {
    if (this.#type !== 'string') {
      if (this.takeWord('true')) return true;
      if (this.takeWord('false')) return false;
    }
    if (this.#type === 'boolean') throw this.#unexpected('true or false was expected');
    if (this.#type === 'list') {
      const number = this.#match(/-?\d+(?:\.\d+)?(?![\w.])/y);
      if (number !== undefined) return Number(number);
    }
    return this.#string();
  }

  #string(): string {
    const text = this.#match(/"(?:[^"\\]|\\.)*"/y);
    if (text === undefined) throw this.#unexpected('text in double quotes was expected');
    try {
      return JSON.parse(text) as string;
    } catch {
      throw new CellProblem('has text with an escape that is not JSON');
    }
  }

  takeWord(word: keyof typeof WORDS): boolean {
    return this.#match(WORDS[word]) !== undefined;
  }

  take(sign: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  expect(sign: string): void {
    if (!this.take(sign)) throw this.#unexpected(`"${sign}" was expected`);
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected('there is more than a test');
  }

  #mustBeOrdered(what: string): void {
    if (!isOrdered(this.#type)) throw new CellProblem(`has ${what}, but a ${this.#type} has no order`);
  }

  #match(pattern: RegExp): string | undefined {
    this.#space();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #space(): void {
    while (this.#at < this.#text.length && ' \t'.includes(this.#text.charAt(this.#at))) this.#at++;
  }

  #unexpected(what: string): CellProblem {
    return new CellProblem(`cannot be read at character ${this.#at + 1}: ${what}`);
  }
}

/** Made once: a table has tens of thousands of cells. */
const WORDS = {
  not: /not(?![\w"])/y,
  null: /null(?![\w"])/y,
  true: /true(?![\w"])/y,
  false: /false(?![\w"])/y,
};

const CALLS = {
  date: { name: 'date', call: /date\s*\(/y, like: 'date like 2026-01-31' },
  time: { name: 'time', call: /time\s*\(/y, like: 'time like 22:00' },
  dateTime: {
    name: 'date and time',
    call: /date\s+and\s+time\s*\(/y,
    like: 'date and time with zone like 2026-01-31T22:00:00Z',
  },
};
