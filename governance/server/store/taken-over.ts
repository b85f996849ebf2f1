/** Versions that came to an environment past staging, and whose changes somebody has taken over there. */
import type { DatabaseSync } from 'node:sqlite';

export interface TakenOver {
  has(definition: string, version: string): boolean;
  add(definition: string, version: string, person: string, at: number): void;
}

export function takenOverIn(database: DatabaseSync): TakenOver {
  const find = database.prepare('SELECT 1 FROM taken_over WHERE definition = ? AND version = ?');
  const insert = database.prepare(
    'INSERT OR IGNORE INTO taken_over (definition, version, person, at) VALUES (?, ?, ?, ?)',
  );
  return {
    has: (definition, version) => find.get(definition, version) !== undefined,
    add: (definition, version, person, at) => void insert.run(definition, version, person, at),
  };
}
