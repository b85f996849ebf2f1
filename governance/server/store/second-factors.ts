import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../engine/index.ts';
import { inTransaction } from './database.ts';

export interface SecondFactorRow {
  /** As `SealedSecrets` wrote it. */
  readonly sealed: string;
  /** The last step of which a code was used. */
  readonly lastStep: number;
  readonly since: number;
  readonly recoveryCodes: number;
}

/** Second factors of accounts, and the hashes of their recovery codes. */
export interface SecondFactorRows {
  get(username: string): SecondFactorRow | undefined;
  put(username: string, sealed: string, lastStep: number, codeHashes: readonly string[]): void;
  replaceCodes(username: string, codeHashes: readonly string[]): void;
  /** `false`: a code of this step or a later one was used meanwhile. */
  use(username: string, step: number): boolean;
  /** `false`: there is no such code, or it was used. */
  useRecoveryCode(username: string, hash: string): boolean;
  /** `false`: there was none. */
  remove(username: string): boolean;
}

export function secondFactorsIn(database: DatabaseSync, clock: Clock): SecondFactorRows {
  const find = database.prepare(
    `SELECT sealed, last_step, since,
       (SELECT count(*) FROM recovery_codes r WHERE r.username = f.username) AS codes
     FROM second_factors f WHERE username = ?`,
  );
  const insert = database.prepare('INSERT OR REPLACE INTO second_factors VALUES (?, ?, ?, ?)');
  const advance = database.prepare('UPDATE second_factors SET last_step = ? WHERE username = ? AND last_step < ?');
  const drop = database.prepare('DELETE FROM second_factors WHERE username = ?');
  const addCode = database.prepare('INSERT INTO recovery_codes VALUES (?, ?)');
  const takeCode = database.prepare('DELETE FROM recovery_codes WHERE username = ? AND code_hash = ?');
  const dropCodes = database.prepare('DELETE FROM recovery_codes WHERE username = ?');
  const replaceCodes = (username: string, codeHashes: readonly string[]): void => {
    dropCodes.run(username);
    for (const hash of codeHashes) addCode.run(username, hash);
  };
  return {
    get(username) {
      const row = find.get(username);
      return (
        row && {
          sealed: String(row['sealed']),
          lastStep: Number(row['last_step']),
          since: Number(row['since']),
          recoveryCodes: Number(row['codes']),
        }
      );
    },
    put(username, sealed, lastStep, codeHashes) {
      inTransaction(database, () => {
        insert.run(username, sealed, lastStep, clock.now());
        replaceCodes(username, codeHashes);
      });
    },
    replaceCodes: (username, codeHashes) => inTransaction(database, () => replaceCodes(username, codeHashes)),
    use: (username, step) => advance.run(step, username, step).changes === 1,
    useRecoveryCode: (username, hash) => takeCode.run(username, hash).changes === 1,
    remove: (username) =>
      inTransaction(database, () => {
        dropCodes.run(username);
        return drop.run(username).changes === 1;
      }),
  };
}
