/** What is wrong with a definition: gathered, not thrown, so that all of it is told at once. */
export interface DefinitionProblem {
  /** Path in the folder of definitions: `critical-lab-result/rules/critical-results.json`. */
  readonly file: string;
  /** One sentence, beginning after the file's name: `row k-high, column value cannot be read …`. */
  readonly text: string;
  readonly remedy: string;
  /** What kind of problem, where a check of definitions tells it apart from the others. */
  readonly code?: ProblemCode;
}

export type ProblemCode = 'runbook-missing' | 'credentials-in-file' | 'reference-missing';

export class Problems {
  readonly list: DefinitionProblem[] = [];
  readonly #file: string;

  constructor(file: string, list: DefinitionProblem[] = []) {
    this.#file = file;
    this.list = list;
  }

  /** The same list, for another file. */
  in(file: string): Problems {
    return new Problems(this.#file === '' ? file : `${this.#file}/${file}`, this.list);
  }

  say(text: string, remedy: string, code?: ProblemCode): void {
    this.list.push({ file: this.#file, text, remedy, ...(code && { code }) });
  }
}
