/**
 * A thread that stands by costs memory from its start to its end: Node's type stripper alone takes 7 MiB in each. So it
 * loads its code with the first message, and until then is a few lines of JavaScript. A confined process starts its threads
 * before it knows whether anybody will need them (runtime/containment.ts); what it may read later includes their code.
 */
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** @param file whose module listens to `parentPort` for messages once it is loaded */
export function standingWorker(file: string, options: Omit<WorkerOptions, 'eval' | 'argv'>): Worker {
  return new Worker(STANDS_BY, { ...options, eval: true, argv: [pathToFileURL(file).href] });
}

/** Messages that come while the code is loaded wait for it. One that cannot be loaded is an error of the thread. */
const STANDS_BY = `
const { parentPort } = require('node:worker_threads');
const came = [];
const keep = (message) => {
  if (came.push(message) > 1) return;
  import(process.argv.at(-1)).then(() => {
    parentPort.off('message', keep);
    for (const one of came) parentPort.emit('message', one);
  });
};
parentPort.on('message', keep);
`;
