/** Checks and scenarios of proposals: what waits to be run, and what came out. A restart goes on where it was. */
import type { DatabaseSync } from 'node:sqlite';

export type RunKind = 'checks' | 'scenarios';

export interface ProposalRun {
  readonly number: number;
  readonly revision: number;
  readonly kind: RunKind;
  readonly state: 'waiting' | 'running' | 'passed' | 'failed';
  readonly failed: number;
  readonly total: number;
  /** SHA-256 over the results. */
  readonly hash: string | null;
  /** Why it could not be run at all. */
  readonly trouble: string | null;
  /** JSON. */
  readonly result: string | null;
  /** Times that it was begun. */
  readonly attempts: number;
}

/** Scenarios of one version of a definition: they come out alike however often they run. */
export interface KnownOutcome {
  readonly hash: string;
  /** JSON. */
  readonly result: string;
}

export interface ProposalRuns {
  get(number: number, revision: number, kind: RunKind): ProposalRun | undefined;
  /** Waits (again) from now on. */
  queue(number: number, revision: number, kind: RunKind, at: number): void;
  /** What was queued first; checks before scenarios. */
  next(): ProposalRun | undefined;
  begin(run: ProposalRun): void;
  end(run: ProposalRun, outcome: Pick<ProposalRun, 'state' | 'failed' | 'total' | 'hash' | 'trouble' | 'result'>): void;
  /** What a process that is gone was running waits again. */
  recover(): void;
  known(definition: string, version: string): KnownOutcome | undefined;
  keep(definition: string, version: string, outcome: KnownOutcome): void;
  forget(definition: string, version: string): void;
}

export function proposalRunsIn(database: DatabaseSync): ProposalRuns {
  const get = database.prepare('SELECT * FROM proposal_runs WHERE number = ? AND revision = ? AND kind = ?');
  const queue = database.prepare(
    `INSERT INTO proposal_runs (number, revision, kind, state, queued_at) VALUES (?, ?, ?, 'waiting', ?)
     ON CONFLICT (number, revision, kind)
     DO UPDATE SET state = 'waiting', queued_at = excluded.queued_at, attempts = 0, trouble = NULL`,
  );
  const next = database.prepare(
    "SELECT * FROM proposal_runs WHERE state = 'waiting' ORDER BY kind = 'scenarios', queued_at, number LIMIT 1",
  );
  const begin = database.prepare(
    `UPDATE proposal_runs SET state = 'running', attempts = attempts + 1
     WHERE number = ? AND revision = ? AND kind = ?`,
  );
  const end = database.prepare(
    `UPDATE proposal_runs SET state = ?, failed = ?, total = ?, hash = ?, trouble = ?, result = ?
     WHERE number = ? AND revision = ? AND kind = ? AND state = 'running'`,
  );
  const recover = database.prepare("UPDATE proposal_runs SET state = 'waiting' WHERE state = 'running'");
  const known = database.prepare('SELECT hash, result FROM scenario_outcomes WHERE definition = ? AND version = ?');
  const keep = database.prepare(
    'INSERT OR REPLACE INTO scenario_outcomes (definition, version, hash, result) VALUES (?, ?, ?, ?)',
  );
  const forget = database.prepare('DELETE FROM scenario_outcomes WHERE definition = ? AND version = ?');
  return {
    get(number, revision, kind) {
      const row = get.get(number, revision, kind);
      return row && toRun(row);
    },
    queue: (number, revision, kind, at) => void queue.run(number, revision, kind, at),
    next() {
      const row = next.get();
      return row && toRun(row);
    },
    begin: ({ number, revision, kind }) => void begin.run(number, revision, kind),
    end({ number, revision, kind }, { state, failed, total, hash, trouble, result }) {
      end.run(state, failed, total, hash, trouble, result, number, revision, kind);
    },
    recover: () => void recover.run(),
    known(definition, version) {
      const row = known.get(definition, version);
      return row && { hash: String(row['hash']), result: String(row['result']) };
    },
    keep: (definition, version, { hash, result }) => void keep.run(definition, version, hash, result),
    forget: (definition, version) => void forget.run(definition, version),
  };
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const toRun = (row: Readonly<Record<string, unknown>>): ProposalRun => ({
  number: Number(row['number']),
  revision: Number(row['revision']),
  kind: row['kind'] === 'checks' ? 'checks' : 'scenarios',
  state: String(row['state']) as ProposalRun['state'],
  failed: Number(row['failed']),
  total: Number(row['total']),
  hash: text(row['hash']),
  trouble: text(row['trouble']),
  result: text(row['result']),
  attempts: Number(row['attempts']),
});
