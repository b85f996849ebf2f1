/** One change in words. */

/**
 * What a change is about, weightiest first: who or what is caught (`threshold`, `cohort`, `rule`), when and by whom it is
 * answered (`timer`, `recipient`), where it goes (`destination`), codes and program text (`code`), how the parts are
 * joined (`wiring`), what else changes how it works (`setting`), and what changes nothing that happens (`text`, `layout`).
 */
export type ChangeKind = (typeof KINDS)[number];

const KINDS = [
  'threshold',
  'rule',
  'timer',
  'recipient',
  'cohort',
  'destination',
  'code',
  'wiring',
  'setting',
  'text',
  'layout',
] as const;

/**
 * `loosens`: somebody may be told later than before or not at all, or fewer have to approve the next change. `tightens`:
 * told sooner, or of more. `null`: it cannot be said from the change alone.
 */
export type Safety = 'loosens' | 'tightens' | null;

export interface Place {
  /** Path in the definition's folder. */
  readonly file: string;
  /** Id of the node, as it is now (of a removed one as it was). */
  readonly node?: string;
  /** Id of the row of a rule table. */
  readonly row?: string;
  /** Property, column or field. */
  readonly field?: string;
}

export interface ChangeLine {
  readonly kind: ChangeKind;
  /** The whole of it in one line, with old and new value and what it means. */
  readonly text: string;
  readonly place: Place;
  readonly safety: Safety;
  /** The values in words, where the change is from one to another. */
  readonly before?: string;
  readonly after?: string;
  /** What follows from it, where that can be said: `fewer results match`, `later`. Already in `text`. */
  readonly meaning?: string;
}

const SAYS_NOTHING: ReadonlySet<ChangeKind> = new Set(['text', 'layout']);

/** What may leave somebody untold comes first, then what tells more, then by kind; texts and layout last. */
export function byWeight(a: ChangeLine, b: ChangeLine): number {
  return rank(a) - rank(b) || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
}

const rank = ({ kind, safety }: ChangeLine): number =>
  safety === 'loosens' ? 0 : safety === 'tightens' ? 1 : SAYS_NOTHING.has(kind) ? 3 : 2;

/** A name may hold what turns a line round or moves a terminal's cursor: a reviewer must see what is there. */
const visible = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\uFFFD');

/** Joins the parts of a line: subject, what changed from what to what, where, and what it means. */
export function line(
  kind: ChangeKind,
  place: Place,
  what: string,
  more: {
    readonly before?: string;
    readonly after?: string;
    readonly where?: string;
    readonly meaning?: string;
    readonly safety?: Safety;
  } = {},
): ChangeLine {
  const { where, safety = null } = more;
  const [before, after] = [more.before, more.after].map((value) => (value === undefined ? undefined : visible(value)));
  const same = before !== undefined && before === after;
  const meaning = same ? 'they differ in what is cut off or cannot be seen here' : more.meaning;
  const values = before === undefined || after === undefined ? '' : ` ${before} -> ${after}`;
  return {
    kind,
    text: visible(`${what}${values}${where ? ` (${where})` : ''}${meaning ? `: ${meaning}` : ''}`),
    place,
    safety,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(meaning ? { meaning } : {}),
  };
}
