/** What people say about a proposal. Nothing is deleted or changed: a comment is resolved. */
import type { DatabaseSync } from 'node:sqlite';
import type { Comment } from '../../api/proposal-contract.ts';

export interface ProposalComments {
  /** Oldest first. */
  list(number: number): readonly Comment[];
  count(number: number): number;
  add(number: number, comment: Omit<Comment, 'resolved'>): void;
  /** `false`: there is none with this id. */
  resolve(number: number, id: string, by: string, at: number): boolean;
}

export function proposalCommentsIn(database: DatabaseSync): ProposalComments {
  const all = database.prepare('SELECT * FROM proposal_comments WHERE number = ? ORDER BY at, id');
  const count = database.prepare('SELECT count(*) AS n FROM proposal_comments WHERE number = ?');
  const insert = database.prepare(
    'INSERT INTO proposal_comments (id, number, revision, author, at, text, place) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const resolve = database.prepare(
    `UPDATE proposal_comments SET resolved_by = coalesce(resolved_by, ?), resolved_at = coalesce(resolved_at, ?)
     WHERE number = ? AND id = ?`,
  );
  return {
    list: (number) => all.all(number).map(toComment),
    count: (number) => Number(count.get(number)?.['n'] ?? 0),
    add(number, { id, revision, author, at, text, place }) {
      insert.run(id, number, revision, author, at, text, place === null ? null : JSON.stringify(place));
    },
    resolve: (number, id, by, at) => resolve.run(by, at, number, id).changes > 0,
  };
}

const toComment = (row: Readonly<Record<string, unknown>>): Comment => ({
  id: String(row['id']),
  author: String(row['author']),
  at: Number(row['at']),
  revision: Number(row['revision']),
  text: String(row['text']),
  place: typeof row['place'] === 'string' ? (JSON.parse(row['place']) as Comment['place']) : null,
  resolved: row['resolved_at'] !== null,
});
