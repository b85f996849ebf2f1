/** For a row those that share an input with it, by one AND over the columns: comparing all pairs would take seconds. */
import type { Space, Work } from './boxes.ts';
import type { Region } from './region.ts';

export class Neighbours {
  readonly #space: Space;
  readonly #work: Work;
  /** By column: the different cells, and which rows have each. */
  readonly #cells: readonly ReadonlyMap<Region, readonly number[]>[];
  /** By column: for a cell the rows whose cell shares a value with it. */
  readonly #sharing: readonly Map<Region, Int32Array>[];
  readonly #words: number;

  constructor(space: Space, work: Work) {
    this.#space = space;
    this.#work = work;
    this.#words = (space.rows.length + 31) >>> 5;
    this.#cells = space.domains.map((_, c) => {
      const rows = new Map<Region, number[]>();
      for (const [r, { sides }] of space.rows.entries()) {
        const side = sides[c];
        if (!side) continue;
        const list = rows.get(side);
        if (list) list.push(r);
        else rows.set(side, [r]);
      }
      return rows;
    });
    this.#sharing = space.domains.map(() => new Map<Region, Int32Array>());
  }

  /** In table order, without itself; rows with expressions count as matching there. */
  of(row: number): readonly number[] | 'not-checked' {
    const mine = this.#space.rows[row];
    const bits = new Int32Array(this.#words).fill(-1);
    for (const c of mine?.narrow ?? []) {
      const side = mine?.sides[c];
      if (!side) continue;
      const sharing = this.#rowsSharing(c, side);
      if (sharing === 'not-checked') return sharing;
      for (let w = 0; w < bits.length; w++) bits[w] = (bits[w] ?? 0) & (sharing[w] ?? 0);
    }
    const found: number[] = [];
    for (let r = 0; r < this.#space.rows.length; r++)
      if (r !== row && (((bits[r >>> 5] ?? 0) >>> (r & 31)) & 1) === 1) found.push(r);
    return found;
  }

  #rowsSharing(c: number, side: Region): Int32Array | 'not-checked' {
    const known = this.#sharing[c]?.get(side);
    if (known) return known;
    const [domain, cells] = [this.#space.domains[c], this.#cells[c]];
    const bits = new Int32Array(this.#words);
    if (!domain || !cells) return bits;
    const set = (r: number): void => {
      bits[r >>> 5] = (bits[r >>> 5] ?? 0) | (1 << (r & 31));
    };
    for (const [other, rows] of cells) {
      if (!this.#work.spend()) return 'not-checked';
      if (other === side || !domain.isEmpty(domain.and(side, other))) rows.forEach(set);
    }
    for (const [r, { sides }] of this.#space.rows.entries()) if (!sides[c]) set(r);
    this.#sharing[c]?.set(side, bits);
    return bits;
  }
}
