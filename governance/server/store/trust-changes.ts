import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Ids } from '../../../engine/index.ts';
import type { Envelope } from '../../bundle/index.ts';

/** A proposed version of a trust store, until it is installed or withdrawn. */
export interface StoredTrustChange {
  readonly id: string;
  readonly environment: string;
  readonly envelope: Envelope;
  /** Account that proposed it. */
  readonly proposer: string;
  readonly createdAt: number;
}

export interface TrustChangeStore {
  /** Oldest first. */
  open(environment: string): readonly StoredTrustChange[];
  get(environment: string, id: string): StoredTrustChange | undefined;
  add(change: Pick<StoredTrustChange, 'environment' | 'envelope' | 'proposer'>): StoredTrustChange;
  sign(id: string, envelope: Envelope): void;
  end(id: string, state: 'installed' | 'withdrawn'): void;
}

export function trustChangesIn(database: DatabaseSync, clock: Clock, ids: Ids): TrustChangeStore {
  const open = database.prepare(
    "SELECT * FROM trust_changes WHERE environment = ? AND state = 'open' ORDER BY created_at, id",
  );
  const one = database.prepare("SELECT * FROM trust_changes WHERE environment = ? AND id = ? AND state = 'open'");
  const insert = database.prepare(
    `INSERT INTO trust_changes (id, environment, envelope, proposer, state, created_at) VALUES (?, ?, ?, ?, 'open', ?)`,
  );
  const sign = database.prepare('UPDATE trust_changes SET envelope = ? WHERE id = ?');
  const end = database.prepare('UPDATE trust_changes SET state = ?, ended_at = ? WHERE id = ?');
  return {
    open: (environment) => open.all(environment).map(read),
    get(environment, id) {
      const row = one.get(environment, id);
      return row && read(row);
    },
    add({ environment, envelope, proposer }) {
      const change = { id: ids.next(), environment, envelope, proposer, createdAt: clock.now() };
      insert.run(change.id, environment, JSON.stringify(envelope), proposer, change.createdAt);
      return change;
    },
    sign: (id, envelope) => void sign.run(JSON.stringify(envelope), id),
    end: (id, state) => void end.run(state, clock.now(), id),
  };
}

const read = (row: Readonly<Record<string, unknown>>): StoredTrustChange => ({
  id: String(row['id']),
  environment: String(row['environment']),
  envelope: JSON.parse(String(row['envelope'])) as Envelope,
  proposer: String(row['proposer']),
  createdAt: Number(row['created_at']),
});
