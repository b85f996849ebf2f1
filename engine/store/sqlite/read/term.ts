import type { Sql } from '../sql.ts';

/** The text that repeats so often that only its number is kept; '' for none. */
export function termText(sql: Sql, id: number): string {
  return (sql.get('SELECT text FROM term WHERE id = ?', id) as { text: string } | undefined)?.text ?? '';
}
