/**
 * A copy of all audit trails in one searchable table. It is made from the trails and can be thrown away; evidence is the
 * trails themselves. Entries are kept in the order of their time: the number of a row is its time in milliseconds and a
 * counter within the millisecond, so that one list over many chains, its pages and its days are ranges of one key.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { auditSentence, actorName, type AuditRecord } from '../../../engine/index.ts';
import type { AuditFilter } from '../../api/audit-contract.ts';
import { auditErrors } from '../errors.ts';

/** The filter as the index takes it: a message is ids by now. */
export interface IndexFilter extends Omit<AuditFilter, 'message'> {
  readonly messages?: readonly string[];
}

export interface IndexedEntry {
  readonly id: string;
  readonly chain: string;
  readonly record: AuditRecord;
}

export interface ChainCopy {
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
}

export interface AuditIndex {
  /** How far a chain has been copied. */
  copied(chain: string): ChainCopy | null;
  /** Records that follow the copy, oldest first. */
  add(chain: string, records: readonly AuditRecord[]): void;
  forget(chain: string): void;
  list(filter: IndexFilter, page: IndexPage): readonly IndexedEntry[];
  /** Counts no further than `most`. */
  count(filter: IndexFilter, most: number): number;
  /** Values of a column that occur, most recent use first. */
  values(column: 'actor' | 'definition' | 'type', most: number): readonly string[];
  close(): void;
}

export interface IndexPage {
  readonly limit: number;
  /** Id of the last entry seen. */
  readonly cursor?: string;
  readonly order?: 'newest-first' | 'oldest-first';
}

/** Raised when the tables change: an older file is made again. */
const FORMAT = 1;

const SCHEMA = `
CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  chain TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  actor TEXT NOT NULL,
  name TEXT NOT NULL,
  message_id TEXT,
  definition TEXT,
  proposal TEXT,
  record TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX entry_seq ON entry (chain, seq);
CREATE INDEX entry_chain ON entry (chain, id);
CREATE INDEX entry_type ON entry (type, id);
CREATE INDEX entry_actor ON entry (actor, id);
CREATE INDEX entry_name ON entry (name, id);
CREATE INDEX entry_message ON entry (message_id, id) WHERE message_id IS NOT NULL;
CREATE INDEX entry_definition ON entry (definition, id) WHERE definition IS NOT NULL;
CREATE INDEX entry_proposal ON entry (proposal, id) WHERE proposal IS NOT NULL;
CREATE VIRTUAL TABLE words USING fts5(
  text, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2", prefix='2 3 4'
);
CREATE TABLE copy (chain TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
`;

/** Room for so many entries of one millisecond. */
const PER_MILLISECOND = 1n << 20n;
/** The year 2245; later ones would not fit into 64 bits. */
const LATEST = 8_700_000_000_000;

/** @throws WardflowError `audit-index-unusable` */
export function openAuditIndex(file: string): AuditIndex {
  try {
    return indexIn(openDatabase(file));
  } catch (cause) {
    throw auditErrors.create('audit-index-unusable', {}, { cause });
  }
}

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000 });
  // Nothing is lost with it: what a power cut takes is copied again.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  const format = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (format === FORMAT) return database;
  if (format !== 0) {
    database.exec(
      'BEGIN; DROP TABLE IF EXISTS entry; DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS copy; PRAGMA user_version = 0; COMMIT;',
    );
  }
  database.exec(`BEGIN; ${SCHEMA} PRAGMA user_version = ${FORMAT}; COMMIT;`);
  return database;
}

function indexIn(database: DatabaseSync): AuditIndex {
  const insert = database.prepare(
    'INSERT INTO entry (id, chain, seq, at, type, actor, name, message_id, definition, proposal, record) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertWords = database.prepare('INSERT INTO words (rowid, text) VALUES (?, ?)');
  const newest = database.prepare('SELECT CAST(max(id) AS TEXT) AS id FROM entry WHERE id >= ? AND id < ?');
  const copyOf = database.prepare('SELECT seq, hash, at FROM copy WHERE chain = ?');
  const setCopy = database.prepare(
    'INSERT INTO copy (chain, seq, hash, at) VALUES (?, ?, ?, ?) ' +
      'ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at',
  );

  const place = (at: number): bigint => {
    const first = BigInt(at) * PER_MILLISECOND;
    const found = newest.get(first, first + PER_MILLISECOND)?.['id'];
    return typeof found === 'string' ? BigInt(found) + 1n : first;
  };
  const inTransaction = (work: () => void): void => {
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };

  return {
    copied(chain) {
      const row = copyOf.get(chain);
      return row ? { seq: Number(row['seq']), hash: String(row['hash']), at: Number(row['at']) } : null;
    },
    add(chain, records) {
      const last = records.at(-1);
      if (!last) return;
      inTransaction(() => {
        for (const record of records) {
          const id = place(Math.min(Math.max(Math.trunc(record.at), 0), LATEST));
          insert.run(
            id,
            chain,
            record.seq,
            record.at,
            record.type,
            record.actor,
            record.actor.slice(record.actor.indexOf(':') + 1),
            record.messageId ?? null,
            record.definition ?? null,
            detail(record, 'proposal'),
            JSON.stringify(record),
          );
          insertWords.run(id, wordsOf(chain, record));
        }
        setCopy.run(chain, last.seq, last.hash, last.at);
      });
    },
    forget(chain) {
      inTransaction(() => {
        database.prepare('DELETE FROM words WHERE rowid IN (SELECT id FROM entry WHERE chain = ?)').run(chain);
        database.prepare('DELETE FROM entry WHERE chain = ?').run(chain);
        database.prepare('DELETE FROM copy WHERE chain = ?').run(chain);
      });
    },
    list(filter, { limit, cursor, order = 'newest-first' }) {
      const { from, key, where, values } = conditions(filter);
      const [compare, direction] = order === 'newest-first' ? ['<', 'DESC'] : ['>', 'ASC'];
      if (cursor !== undefined) {
        where.push(`${key} ${compare} ?`);
        values.push(BigInt(cursor));
      }
      const sql =
        `SELECT CAST(e.id AS TEXT) AS id, e.chain, e.record FROM ${from}${and(where)} ` +
        `ORDER BY ${key} ${direction} LIMIT ?`;
      return database
        .prepare(sql)
        .all(...values, limit)
        .map((row) => ({
          id: String(row['id']),
          chain: String(row['chain']),
          record: JSON.parse(String(row['record'])) as AuditRecord,
        }));
    },
    count(filter, most) {
      const { from, where, values } = conditions(filter);
      const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${from}${and(where)} LIMIT ?)`;
      return Number(database.prepare(sql).get(...values, most)?.['n']);
    },
    values(column, most) {
      const sql = `SELECT ${column} AS value FROM entry WHERE ${column} IS NOT NULL GROUP BY ${column} ORDER BY max(id) DESC LIMIT ?`;
      return database
        .prepare(sql)
        .all(most)
        .map((row) => String(row['value']));
    },
    close: () => database.close(),
  };
}

interface Conditions {
  readonly from: string;
  /** The column that orders: the full-text index gives its rows in this order by itself. */
  readonly key: string;
  readonly where: string[];
  readonly values: SQLInputValue[];
}

function conditions(filter: IndexFilter): Conditions {
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (condition: string, ...given: SQLInputValue[]): void => {
    where.push(condition);
    values.push(...given);
  };
  const words = matchOf(filter.q ?? '');
  const key = words === null ? 'e.id' : 'words.rowid';
  if (words !== null) add('words MATCH ?', words);
  const { actor, type, definition, messages, proposal, environment, since, until } = filter;
  if (actor !== undefined) add(actor.includes(':') ? 'e.actor = ?' : 'e.name = ?', actor);
  if (type?.endsWith('.*') === true) add('e.type > ? AND e.type < ?', `${type.slice(0, -2)}.`, `${type.slice(0, -2)}/`);
  else if (type !== undefined) add('e.type = ?', type);
  if (definition !== undefined) add('e.definition = ?', definition);
  if (proposal !== undefined) add('e.proposal = ?', proposal);
  if (environment !== undefined) add('e.chain = ?', environment);
  if (messages !== undefined) add(`e.message_id IN (SELECT value FROM json_each(?))`, JSON.stringify(messages));
  if (since !== undefined) add(`${key} >= ?`, BigInt(Math.min(since, LATEST)) * PER_MILLISECOND);
  if (until !== undefined) add(`${key} < ?`, BigInt(Math.min(until, LATEST)) * PER_MILLISECOND);
  // CROSS: the words first. The planner would rather ask the full-text index once for every entry of a chain.
  return { from: words === null ? 'entry e' : 'words CROSS JOIN entry e ON e.id = words.rowid', key, where, values };
}

const and = (where: readonly string[]): string => (where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`);

/** Every word as the beginning of one; what FTS5 would take for its own language is quoted away. `null`: no words. */
function matchOf(text: string): string | null {
  const words = text
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, 16);
  return words.length === 0 ? null : words.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' ');
}

/** What can be searched for: the entry as people read it, and the ids and codes that it carries. */
function wordsOf(chain: string, record: AuditRecord): string {
  const { type, actor, definition, version, messageId, workId, reason, details } = record;
  return [
    auditSentence(record),
    actorName(actor),
    chain,
    type,
    actor,
    definition,
    version,
    messageId,
    workId,
    reason,
    ...Object.values(details),
  ]
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .join(' ');
}

/** A detail as text; `null` where it is not said. */
export function detail(record: Pick<AuditRecord, 'details'>, name: string): string | null {
  const value = record.details[name];
  return value === undefined || value === null || value === '' ? null : String(value);
}
