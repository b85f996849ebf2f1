/** What is wrong with a table, and where: in words for people, and as a cell for an editor. */
import type { Problem } from '../base/json-schema.ts';

export interface TableProblem extends Problem {
  /** Index of the row; `otherwise`: the cells that hold where no row does. */
  readonly row?: number | 'otherwise';
  /** Name of the input or output. */
  readonly column?: string;
}

/** Where something is; `problems.say` adds what is wrong with it. */
export type Place = Omit<TableProblem, 'what'>;

export class TableProblems {
  readonly all: TableProblem[] = [];

  say(place: Place | string, what: string): void {
    this.all.push({ ...(typeof place === 'string' ? { place } : place), what });
  }
}
