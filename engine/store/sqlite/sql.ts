import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** What may be bound. Times and counts are integers; JSON travels as text made by `json`. */
export type Bindable = string | number | null | Uint8Array;

const BARE_LIMIT = /\bLIMIT \?\d*(?! \+ 0)/;

/**
 * The only place where values meet SQLite. node:sqlite takes an object as the first argument (a Date, say) for named
 * parameters and binds NULL, and `undefined` throws or binds NULL by version; both are refused here.
 * Statements are prepared once per text.
 */
export class Sql {
  readonly db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  run(text: string, ...values: Bindable[]): number {
    return Number(this.#statement(text).run(...bound(values)).changes);
  }

  /** Runs an INSERT and gives the row's id. */
  insert(text: string, ...values: Bindable[]): number {
    return Number(this.#statement(text).run(...bound(values)).lastInsertRowid);
  }

  /** The first row; the caller names its shape. */
  get(text: string, ...values: Bindable[]): unknown {
    return this.#statement(text).get(...bound(values));
  }

  all(text: string, ...values: Bindable[]): unknown[] {
    return this.#statement(text).all(...bound(values));
  }

  exec(text: string): void {
    this.db.exec(text);
  }

  #statement(text: string): StatementSync {
    let statement = this.#prepared.get(text);
    if (!statement) {
      // SQLite plans by the value of such a limit, and prepares the statement anew whenever one is bound; not of a sum.
      if (BARE_LIMIT.test(text)) throw new TypeError('LIMIT ? has to be written LIMIT ? + 0');
      this.#prepared.set(text, (statement = this.db.prepare(text)));
    }
    return statement;
  }
}

function bound(values: Bindable[]): Bindable[] {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw new TypeError(`parameter ${i + 1} is not a finite number`);
      // A jittered retry time may carry a fraction; STRICT integer columns take none.
      if (!Number.isInteger(value)) values[i] = Math.ceil(value);
    } else if (typeof value !== 'string' && value !== null && !(value instanceof Uint8Array)) {
      throw new TypeError(`parameter ${i + 1} is ${value === undefined ? 'undefined' : 'an object'}`);
    }
  }
  return values;
}

/** JSON for a text column; `null` where there is nothing. */
export function json(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

export function fromJson(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
