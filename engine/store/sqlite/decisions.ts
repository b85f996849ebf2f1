/**
 * Decisions as they cross to the writer and as they are kept: rows without member names, and what all decisions of a rule
 * table's version repeat (definition, node, table, version) as one term. Short enough then that packing would bring nothing.
 */
import type { DecisionRecord } from '../contract/index.ts';

type Place = readonly [definition: string, nodeId: string, nodeName: string, table: string, version: string];

type Row = readonly [
  place: number,
  id: string,
  at: number,
  inputs: unknown,
  matched: DecisionRecord['matched'],
  outputs: unknown,
  missing: DecisionRecord['missing'],
  deterministic: boolean,
  error: string | null,
  sentence: string,
];

/** Terms of places are numbers of terms; before the ninth migration it was a list of records. */
type Kept = readonly [workId: string, places: readonly number[], rows: readonly Row[]];

/** Decisions of one item that were handed over in one turn, as they cross to the writer. */
export interface DecisionGroup {
  readonly messageId: string;
  readonly workId: string;
  readonly ids: readonly string[];
  /** Each a JSON text. */
  readonly places: readonly string[];
  /** A JSON list, in the order of `ids`. */
  readonly rows: string;
}

interface Growing {
  readonly messageId: string;
  readonly workId: string;
  readonly ids: string[];
  readonly places: string[];
  rows: string;
}

/** Collects a turn's decisions by work item. They are written as JSON here: a text crosses threads faster than objects. */
export class DecisionBatch {
  readonly #groups = new Map<string, Growing>();
  /** Grows until the turn's batch leaves. */
  readonly groups: DecisionGroup[] = [];

  add(decision: DecisionRecord): void {
    const { id, messageId, workId } = decision;
    const key = `${messageId} ${workId}`;
    let group = this.#groups.get(key);
    if (!group) {
      this.#groups.set(key, (group = { messageId, workId, ids: [], places: [], rows: '[' }));
      this.groups.push(group);
    }
    group.rows += `${group.ids.length > 0 ? ',' : ''}${JSON.stringify(rowOf(decision, placeIn(group.places, decision)))}`;
    group.ids.push(id);
  }

  /** No more come. */
  close(): void {
    for (const group of this.#groups.values()) group.rows += ']';
  }
}

function placeIn(places: string[], { definition, node, table, version }: DecisionRecord): number {
  const place: Place = [definition, node.id, node.name, table, version];
  const text = JSON.stringify(place);
  const known = places.indexOf(text);
  return known >= 0 ? known : places.push(text) - 1;
}

function rowOf(decision: DecisionRecord, place: number): Row {
  const { id, at, inputs, matched, outputs, missing, deterministic, error, sentence } = decision;
  return [place, id, at, inputs, matched, outputs, missing, deterministic, error, sentence];
}

/** The text that is kept of a group; `only`: of those rows of it, by their place. */
export function keptDecisions(
  group: DecisionGroup,
  term: (text: string) => number,
  only?: ReadonlySet<number>,
): string {
  const terms = group.places.map(term).join(',');
  const rows = only
    ? JSON.stringify((JSON.parse(group.rows) as Row[]).filter((_, place) => only.has(place)))
    : group.rows;
  return `[${JSON.stringify(group.workId)},[${terms}],${rows}]`;
}

export function decisionsFrom(
  text: string,
  messageId: string,
  term: (id: number) => string,
): readonly DecisionRecord[] {
  const kept = JSON.parse(text) as Kept | readonly DecisionRecord[];
  if (!isLean(kept)) return kept;
  const [workId, terms, rows] = kept;
  const places = terms.map((id) => JSON.parse(term(id)) as Place);
  return rows.map(([place, id, at, inputs, matched, outputs, missing, deterministic, error, sentence]) => {
    const [definition = '', nodeId = '', nodeName = '', table = '', version = ''] = places[place] ?? [];
    const node = { id: nodeId, name: nodeName };
    const made = { id, messageId, workId, definition, node, table, version, at };
    return { ...made, inputs, matched, outputs, missing, deterministic, error, sentence };
  });
}

function isLean(kept: Kept | readonly DecisionRecord[]): kept is Kept {
  return typeof kept[0] === 'string';
}
