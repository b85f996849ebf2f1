/** People's signing keys, wrapped by a passphrase that only their browsers see. */
import type { DatabaseSync } from 'node:sqlite';
import type { KeyFile } from '../../bundle/index.ts';

export interface KeptKey {
  readonly file: KeyFile;
  readonly createdAt: number;
}

export interface SigningKeys {
  /** Oldest first. */
  ofPerson(username: string): readonly KeptKey[];
  has(id: string): boolean;
  add(username: string, key: KeptKey): void;
  /** The wrapped key is deleted. `false`: the person has none with this id. */
  forget(username: string, id: string): boolean;
}

export function signingKeysIn(database: DatabaseSync): SigningKeys {
  const ofPerson = database.prepare('SELECT * FROM signing_keys WHERE username = ? ORDER BY created_at, id');
  const has = database.prepare('SELECT 1 FROM signing_keys WHERE id = ?');
  const insert = database.prepare('INSERT INTO signing_keys (id, username, file, created_at) VALUES (?, ?, ?, ?)');
  const forget = database.prepare('DELETE FROM signing_keys WHERE username = ? AND id = ?');
  return {
    ofPerson: (username) =>
      ofPerson.all(username).map((row) => ({
        file: JSON.parse(String(row['file'])) as KeyFile,
        createdAt: Number(row['created_at']),
      })),
    has: (id) => has.get(id) !== undefined,
    add: (username, { file, createdAt }) => void insert.run(file.id, username, JSON.stringify(file), createdAt),
    forget: (username, id) => forget.run(username, id).changes > 0,
  };
}
