/**
 * What can be said of a table without deciding anything: inputs that no row takes, rows that exclude each other badly, rows
 * that never decide. Exact for all cells but expressions: each finding has an input that shows it, and what could not be
 * looked at is said.
 */
import type { CompiledTable } from '../compiled-table.ts';
import type { LintFinding, RuleLint, RuleValue } from '../contract.ts';
import { goesBefore, type Outputs } from '../hit-policy.ts';
import { sameValue } from '../value.ts';
import { boxOf, sampleOf, spaceOf, uncovered, Work, type Box, type RowBox, type Space } from './boxes.ts';
import { Neighbours } from './neighbours.ts';

/** Cuts and comparisons: a second or two. */
const WORK = 1_000_000;
/** Of one row, so that a knotted one does not take all. */
const WORK_OF_A_ROW = 50_000;
const MOST_FINDINGS = 200;
const MOST_NAMED = 8;
const MOST_GAPS = 5;

export function lintTable(table: CompiledTable, now: Date, work = WORK): RuleLint {
  return new Lint(table, now, new Work(work)).run();
}

class Lint {
  readonly #table: CompiledTable;
  readonly #space: Space;
  readonly #work: Work;
  readonly #boxes: readonly (Box | null)[];
  readonly #findings: LintFinding[] = [];
  readonly #notChecked: string[] = [];

  constructor(table: CompiledTable, now: Date, work: Work) {
    this.#table = table;
    this.#work = work;
    this.#space = spaceOf(table, now);
    this.#boxes = this.#space.rows.map((row) => boxOf(this.#space, row));
  }

  run(): RuleLint {
    const { hitPolicy, otherwise } = this.#table;
    this.#dead();
    if (hitPolicy === 'UNIQUE' || hitPolicy === 'ANY') this.#overlaps();
    if (hitPolicy === 'FIRST' || hitPolicy === 'PRIORITY') this.#unreachable();
    if (otherwise === null) this.#gaps();
    const written = this.#space.rows.filter((row) => row.hasExpressions).length;
    if (written > 0)
      this.#notChecked.push(
        `${written === 1 ? 'One row has' : `${written} rows have`} cells of JSONata: what they take was not compared with other rows`,
      );
    return { findings: this.#findings, notChecked: this.#notChecked };
  }

  #id(row: number): string {
    return this.#table.rows[row]?.id ?? '';
  }

  #names(rows: readonly number[]): string {
    const ids = rows.slice(0, MOST_NAMED).map((row) => this.#id(row));
    const more = rows.length > MOST_NAMED ? ` and ${rows.length - MOST_NAMED} more` : '';
    return `${rows.length === 1 ? 'row' : 'rows'} ${ids.join(', ')}${more}`;
  }

  #say(kind: LintFinding['kind'], rows: readonly number[], box: Box | null, text: (sample: string) => string): void {
    const sample = box && sampleOf(this.#table, this.#space, box);
    const shown = sample ? inWords(this.#table, sample.input, sample.at) : '';
    this.#findings.push({
      kind,
      rows: rows.map((row) => this.#id(row)),
      sample: sample?.input ?? null,
      at: sample?.at ?? null,
      text: text(shown),
    });
  }

  #full(what: string): boolean {
    if (this.#findings.length < MOST_FINDINGS) return false;
    this.#notChecked.push(`There are ${MOST_FINDINGS} findings: ${what} were not checked further`);
    return true;
  }

  /** Rows that nothing can be in, whatever the others say. */
  #dead(): void {
    for (const [row, box] of this.#boxes.entries()) {
      if (box || this.#full('rows that match nothing')) continue;
      const time = this.#table.inputs.length;
      const { domains, rows, all } = this.#space;
      const over = domains[time]?.isEmpty(domains[time].and(all[time] ?? [], rows[row]?.sides[time] ?? [])) === true;
      if (over)
        this.#say(
          'not-in-force',
          [row],
          null,
          () => `Row ${this.#id(row)} is not in force any more while the table is`,
        );
      else this.#say('matches-nothing', [row], null, () => `Row ${this.#id(row)} has a cell that no value matches`);
    }
  }

  #overlaps(): void {
    const { hitPolicy } = this.#table;
    const neighbours = new Neighbours(this.#space, this.#work);
    for (const [row, box] of this.#boxes.entries()) {
      if (!box || this.#space.rows[row]?.hasExpressions === true) continue;
      const others = neighbours.of(row);
      if (others === 'not-checked') return this.#stop('overlaps', row);
      for (const other of others) {
        const theirs = this.#boxes[other];
        if (other <= row || !theirs || this.#space.rows[other]?.hasExpressions === true) continue;
        if (hitPolicy === 'ANY' && this.#agree(row, other) !== false) continue;
        if (this.#full('overlaps')) return;
        const both = box.map((side, c) => this.#space.domains[c]?.and(side, theirs[c] ?? []) ?? side);
        // Each has something of its own; of the moments only those from now on count.
        if (both.some((side, c) => this.#space.domains[c]?.isEmpty(side))) continue;
        const wrong = hitPolicy === 'UNIQUE' ? 'only one may' : 'they give different outputs';
        this.#say(
          'overlap',
          [row, other],
          both,
          (sample) => `Rows ${this.#id(row)} and ${this.#id(other)} both match ${sample}, and ${wrong}`,
        );
      }
    }
  }

  /** `undefined`: an expression decides. */
  #agree(a: number, b: number): boolean | undefined {
    const [left, right] = [this.#outputs(a), this.#outputs(b)];
    if (!left || !right) return undefined;
    return Object.keys(left).every((name) => sameValue(left[name] ?? null, right[name] ?? null));
  }

  #outputs(row: number): Outputs | null {
    const outputs: Record<string, RuleValue> = {};
    for (const [i, cell] of (this.#table.rows[row]?.gives ?? []).entries()) {
      if (!('value' in cell)) return null;
      outputs[this.#table.outputs[i]?.name ?? ''] = cell.value;
    }
    return outputs;
  }

  #unreachable(): void {
    const neighbours = new Neighbours(this.#space, this.#work);
    const { rows } = this.#space;
    for (const [row, box] of this.#boxes.entries()) {
      if (!box) continue;
      const others = neighbours.of(row);
      if (others === 'not-checked') return this.#stop('rows that never decide', row);
      const before = others.filter((other) => rows[other]?.hasExpressions === false && this.#before(other, row));
      if (before.length === 0) continue;
      if (this.#full('rows that never decide')) return;
      const alone = before.find((other) => this.#takesAll([other], box) === true);
      const taken = alone === undefined ? this.#takesAll(before, box) : true;
      if (taken === undefined) {
        if (this.#work.left <= 0) return this.#stop('rows that never decide', row);
        this.#notChecked.push(
          `Whether row ${this.#id(row)} ever decides was not checked further: too many rows overlap`,
        );
      } else if (taken) {
        const by = alone === undefined ? before : [alone];
        const what = `${this.#names(by)} ${by.length === 1 ? 'takes' : 'together take'} all that it matches`;
        this.#say(
          'unreachable',
          [row, ...by.slice(0, MOST_NAMED)],
          box,
          (sample) => `Row ${this.#id(row)} never decides: ${what}, for example ${sample}`,
        );
      }
    }
  }

  /** Whether `other` decides where both match. */
  #before(other: number, row: number): boolean {
    if (this.#table.hitPolicy === 'FIRST') return other < row;
    const [theirs, mine] = [this.#outputs(other), this.#outputs(row)];
    if (!theirs || !mine) return false;
    return goesBefore(this.#table, theirs, mine) || (other < row && !goesBefore(this.#table, mine, theirs));
  }

  /** `undefined`: not known. */
  #takesAll(others: readonly number[], box: Box): boolean | undefined {
    const limit = new Work(Math.min(WORK_OF_A_ROW, this.#work.left));
    const given = limit.left;
    const list = others.flatMap((other) => this.#space.rows[other] ?? []);
    const found = uncovered(this.#space, box, list, limit);
    this.#work.left -= given - Math.max(0, limit.left);
    return found === 'not-checked' ? undefined : found === null;
  }

  #gaps(): void {
    const rows = this.#space.rows.filter((_, i) => this.#boxes[i]);
    const found = this.#gapsIn(this.#space.values, rows);
    if (found === 'not-checked') this.#notChecked.push('Inputs that no row matches were not checked further');
    if (found !== 'none') return;
    // With a value for everything some row matches; a missing one is told apart, since it is often left to nobody on purpose.
    const missing = this.#gapsIn(this.#space.all, rows);
    if (missing === 'not-checked') this.#notChecked.push('Missing inputs that no row matches were not checked further');
  }

  #gapsIn(whole: Box, rows: readonly RowBox[]): 'none' | 'some' | 'not-checked' {
    const known = [...rows];
    const limit = this.#table.inputs.some(({ type }) => type === 'list') ? 1 : MOST_GAPS;
    for (let count = 0; count < limit; count++) {
      const box = uncovered(this.#space, whole, known, this.#work);
      if (box === 'not-checked') return count > 0 ? 'some' : box;
      if (box === null) return count > 0 ? 'some' : 'none';
      const kind = whole === this.#space.values ? 'gap' : 'gap-missing';
      this.#say(kind, [], box, (sample) => `No row matches ${sample}: nothing is decided`);
      // The same gap is not found again.
      known.push({ sides: box, narrow: box.map((_, c) => c), hasExpressions: false });
    }
    return 'some';
  }

  #stop(what: string, row: number): void {
    this.#notChecked.push(
      `The table is large: ${what} were not checked further than row ${this.#id(row)} (${row + 1} of ${this.#table.rows.length})`,
    );
  }
}

function inWords(table: CompiledTable, input: Readonly<Record<string, RuleValue>>, at: string | null): string {
  const parts = table.inputs.map(({ name, label, unit }) => {
    const value = input[name] ?? null;
    if (value === null) return `${label} missing`;
    return `${label} ${Array.isArray(value) && value.length === 0 ? 'empty' : String(value)}${unit === undefined ? '' : ` ${unit}`}`;
  });
  return `${parts.join(', ')}${at === null ? '' : ` on ${at.slice(0, 10)}`}`;
}
