/** Judges one table after the other, beside the event loop that decides for patients. */
import { parentPort } from 'node:worker_threads';
import { judgeTable, type TableJudgement, type TableToJudge } from './judge-table.ts';

export interface Judged {
  /** A problem of ours, never of the table: its name alone. */
  readonly failed: string | null;
  readonly judgement: TableJudgement | null;
}

parentPort?.on('message', (job: TableToJudge) => {
  const answer = (judged: Judged): void => parentPort?.postMessage(judged, []);
  judgeTable(job).then(
    (judgement) => answer({ failed: null, judgement }),
    (error: unknown) => answer({ failed: error instanceof Error ? error.name : 'Error', judgement: null }),
  );
});
