/**
 * Proposals as they are kept. What they propose lies in `<data>/proposals/`, by its hash; signatures are here, so that one
 * commits with the event and the audit record of it.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Envelope } from '../../bundle/index.ts';
import type { ChangeLine } from '../../diff/index.ts';
import type { Outdated, ProposalEvent, ProposalState } from '../../api/proposal-contract.ts';

export interface ProposalRow {
  readonly number: number;
  readonly environment: string;
  readonly title: string;
  readonly summary: string;
  readonly author: string;
  readonly state: ProposalState;
  readonly outdated: Outdated | null;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Names that were chosen; empty: all that differ. */
  readonly chosen: readonly string[];
  /** Sequence of the break-glass that it follows. */
  readonly follows: number | null;
}

export interface RevisionRow {
  readonly number: number;
  readonly revision: number;
  readonly at: number;
  /** Hash of the bundle. */
  readonly bundle: string;
  readonly base: string | null;
  /** Hash of the policy when the author signed. */
  readonly policy: string | null;
  readonly risk: string;
  readonly headline: string;
  /** What it changes, with what is needed to ask who may. */
  readonly changed: readonly ChangedDefinition[];
  readonly words: readonly DefinitionWords[];
  readonly affected: readonly { readonly definition: string; readonly parts: readonly string[] }[];
  /** Who deployed what it changes on staging, its author among them or not: none of them approves it. */
  readonly editors: readonly string[];
}

export interface ChangedDefinition {
  readonly name: string;
  readonly serviceLine?: string;
}
export interface DefinitionWords {
  readonly definition: string;
  readonly title: string;
  readonly lines: readonly ChangeLine[];
}

export interface SignatureRow {
  readonly kind: 'author' | 'approval';
  readonly person: string;
  readonly role: string | null;
  readonly at: number;
  readonly envelope: Envelope;
  /** SHA-256 of what was signed. */
  readonly hash: string;
}

export interface NewProposalRow {
  readonly environment: string;
  readonly title: string;
  readonly summary: string;
  readonly author: string;
  readonly chosen: readonly string[];
  readonly follows: number | null;
  readonly at: number;
}

export interface ProposalQuery {
  readonly states?: readonly ProposalState[];
  readonly definition?: string;
  readonly author?: string;
  readonly text?: string;
  readonly before?: number;
  readonly limit?: number;
}

export interface ProposalStore {
  /** Newest first. */
  list(query: ProposalQuery): readonly ProposalRow[];
  counts(query: Omit<ProposalQuery, 'states' | 'before' | 'limit'>): ReadonlyMap<string, number>;
  get(number: number): ProposalRow | undefined;
  followUpOf(environment: string, sequence: number): number | undefined;
  insert(row: NewProposalRow): number;
  update(
    number: number,
    change: Partial<Pick<ProposalRow, 'state' | 'outdated' | 'summary' | 'revision' | 'follows'>>,
    at: number,
  ): void;
  revision(number: number, revision: number): RevisionRow | undefined;
  /** The proposals that a bundle came from, newest first. */
  ofBundle(bundle: string): readonly number[];
  addRevision(row: RevisionRow): void;
  setPolicy(number: number, revision: number, policy: string): void;
  signatures(number: number, revision: number): readonly SignatureRow[];
  /** A signature is kept once, whatever it is sent for: it is of one revision. */
  sign(number: number, revision: number, row: SignatureRow & { readonly keyId: string }): void;
  isUsed(signature: { readonly hash: string; readonly key: { readonly id: string } }): boolean;
  addEvent(number: number, event: ProposalEvent): void;
  events(number: number): readonly ProposalEvent[];
}

export function proposalsIn(database: DatabaseSync): ProposalStore {
  const sql = (text: string): ReturnType<DatabaseSync['prepare']> => database.prepare(text);
  const byNumber = sql('SELECT * FROM proposals WHERE number = ?');
  const followUp = sql('SELECT number FROM proposals WHERE environment = ? AND follows = ? ORDER BY number LIMIT 1');
  const insert = sql(
    `INSERT INTO proposals (environment, title, summary, author, state, revision, created_at, updated_at, chosen, follows)
     VALUES (?, ?, ?, ?, 'draft', 1, ?, ?, ?, ?)`,
  );
  const update = sql(
    `UPDATE proposals SET state = ?, outdated = ?, summary = ?, revision = ?, follows = ?, updated_at = ?
     WHERE number = ?`,
  );
  const revision = sql('SELECT * FROM proposal_revisions WHERE number = ? AND revision = ?');
  const ofBundle = sql(
    'SELECT DISTINCT number FROM proposal_revisions WHERE bundle = ? ORDER BY number DESC LIMIT 100',
  );
  const addRevision = sql(
    `INSERT INTO proposal_revisions (number, revision, at, bundle, base, policy, risk, headline, names, content)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setPolicy = sql('UPDATE proposal_revisions SET policy = ? WHERE number = ? AND revision = ?');
  const signatures = sql('SELECT * FROM proposal_signatures WHERE number = ? AND revision = ? ORDER BY id');
  const sign = sql(
    `INSERT INTO proposal_signatures (number, revision, kind, person, role, key_id, hash, at, envelope)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const used = sql('SELECT 1 FROM proposal_signatures WHERE hash = ? AND key_id = ?');
  const addEvent = sql('INSERT INTO proposal_events (number, at, actor, kind, text) VALUES (?, ?, ?, ?, ?)');
  const events = sql('SELECT * FROM proposal_events WHERE number = ? ORDER BY id');

  return {
    list({ states, before, limit = 100, ...query }) {
      const { where, values } = conditions(query);
      if (states) where.push(`p.state IN (${states.map(() => '?').join(', ')})`);
      values.push(...(states ?? []));
      if (before !== undefined) where.push('p.number < ?');
      if (before !== undefined) values.push(before);
      const rows = sql(`SELECT p.* FROM ${FROM} WHERE ${where.join(' AND ')} ORDER BY p.number DESC LIMIT ?`);
      return rows.all(...values, limit).map(toProposal);
    },
    counts(query) {
      const { where, values } = conditions(query);
      const rows = sql(`SELECT p.state, count(*) AS n FROM ${FROM} WHERE ${where.join(' AND ')} GROUP BY p.state`);
      return new Map(rows.all(...values).map((row) => [String(row['state']), Number(row['n'])]));
    },
    get: (number) => optional(byNumber.get(number), toProposal),
    followUpOf: (environment, sequence) =>
      optional(followUp.get(environment, sequence), (row) => Number(row['number'])),
    insert({ environment, title, summary, author, chosen, follows, at }) {
      const done = insert.run(environment, title, summary, author, at, at, JSON.stringify(chosen), follows);
      return Number(done.lastInsertRowid);
    },
    update(number, change, at) {
      const before = optional(byNumber.get(number), toProposal);
      if (!before) return;
      const { state, outdated, summary, revision: latest, follows } = { ...before, ...change };
      update.run(state, outdated, summary, latest, follows, at, number);
    },
    revision: (number, which) => optional(revision.get(number, which), toRevision),
    ofBundle: (bundle) => ofBundle.all(bundle).map((row) => Number(row['number'])),
    addRevision({ number, revision: which, at, bundle, base, policy, risk, headline, changed, ...more }) {
      // Between bars, so that one name is not found in another.
      const names = `|${changed.map(({ name }) => name).join('|')}|`;
      const content = JSON.stringify({ changed, words: more.words, affected: more.affected, editors: more.editors });
      addRevision.run(number, which, at, bundle, base, policy, risk, headline, names, content);
    },
    setPolicy: (number, which, policy) => void setPolicy.run(policy, number, which),
    signatures: (number, which) => signatures.all(number, which).map(toSignature),
    sign(number, which, { kind, person, role, keyId, hash, at, envelope }) {
      sign.run(number, which, kind, person, role, keyId, hash, at, JSON.stringify(envelope));
    },
    isUsed: ({ hash, key }) => used.get(hash, key.id) !== undefined,
    addEvent: (number, { at, actor, kind, text }) => void addEvent.run(number, at, actor, kind, text),
    events: (number) => events.all(number).map(toEvent),
  };
}

const FROM = 'proposals p JOIN proposal_revisions r ON r.number = p.number AND r.revision = p.revision';

function conditions({ definition, author, text }: ProposalQuery): { where: string[]; values: (string | number)[] } {
  const where = ['1 = 1'];
  const values: (string | number)[] = [];
  const add = (condition: string, ...given: readonly string[]): void => {
    where.push(condition);
    values.push(...given);
  };
  if (definition !== undefined) add("instr(r.names, '|' || ? || '|') > 0", definition);
  if (author !== undefined) add('p.author = ?', author);
  if (text !== undefined)
    add('(instr(lower(p.title), lower(?)) > 0 OR instr(lower(r.headline), lower(?)) > 0)', text, text);
  return { where, values };
}

type Row = Readonly<Record<string, unknown>>;

const optional = <T>(row: Row | undefined, read: (row: Row) => T): T | undefined => row && read(row);
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const toProposal = (row: Row): ProposalRow => ({
  number: Number(row['number']),
  environment: String(row['environment']),
  title: String(row['title']),
  summary: String(row['summary']),
  author: String(row['author']),
  state: String(row['state']) as ProposalState,
  outdated: textOrNull(row['outdated']) as Outdated | null,
  revision: Number(row['revision']),
  createdAt: Number(row['created_at']),
  updatedAt: Number(row['updated_at']),
  chosen: JSON.parse(String(row['chosen'])) as readonly string[],
  follows: row['follows'] === null ? null : Number(row['follows']),
});

const toRevision = (row: Row): RevisionRow => ({
  number: Number(row['number']),
  revision: Number(row['revision']),
  at: Number(row['at']),
  bundle: String(row['bundle']),
  base: textOrNull(row['base']),
  policy: textOrNull(row['policy']),
  risk: String(row['risk']),
  headline: String(row['headline']),
  // Revisions of an earlier version do not say who edited.
  editors: [],
  ...(JSON.parse(String(row['content'])) as Pick<RevisionRow, 'changed' | 'words' | 'affected'> & Partial<RevisionRow>),
});

const toSignature = (row: Row): SignatureRow => ({
  kind: row['kind'] === 'author' ? 'author' : 'approval',
  person: String(row['person']),
  role: textOrNull(row['role']),
  at: Number(row['at']),
  hash: String(row['hash']),
  envelope: JSON.parse(String(row['envelope'])) as Envelope,
});

const toEvent = (row: Row): ProposalEvent => ({
  at: Number(row['at']),
  actor: String(row['actor']),
  kind: String(row['kind']) as ProposalEvent['kind'],
  text: String(row['text']),
});
