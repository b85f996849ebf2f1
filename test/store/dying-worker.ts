/** A worker that says it is ready and dies at the first call. */
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', () => {
  throw new Error('died on purpose');
});
parentPort?.postMessage({ kind: 'ready', settings: {} }, []);
