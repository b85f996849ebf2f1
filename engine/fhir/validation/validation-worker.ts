/** The thread that validates: one resource after the other. The definitions are loaded with the first. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { loadBoundedCheck, type BoundedCheck, type Checked } from './bounded-check.ts';

export interface WorkerStart {
  readonly timeMs: number;
}
/** A resource as JSON; `null`: what is loaded is no longer needed. */
export type ToWorker = string | null;
export type FromWorker = Checked;

function serve(port: MessagePort, { timeMs }: WorkerStart): void {
  let check: Promise<BoundedCheck> | null = null;
  const answer = async (json: string): Promise<void> => {
    check ??= loadBoundedCheck(timeMs);
    const run = await check;
    port.postMessage(run(json) satisfies FromWorker);
  };
  port.on('message', (message: ToWorker) => {
    if (message === null) check = null;
    else void answer(message);
  });
}

if (parentPort) serve(parentPort, workerData as WorkerStart);
