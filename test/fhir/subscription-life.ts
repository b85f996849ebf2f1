/** One life of an engine with a subscription, to be killed: `node subscription-life.ts <folder> <base> <port>`. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, silentLog } from '../../engine/index.ts';
import { wanted } from '../kit/subscription-bench.ts';

const [folder = '', base = '', port = ''] = process.argv.slice(2);
const listen = { host: '127.0.0.1', port: Number(port), tls: null, allow: [] };
const publicBase = `http://127.0.0.1:${port}/notify`;
const engine = await createEngine({
  environment: 'staging',
  dataFolder: folder,
  log: silentLog,
  bindings: {
    feeds: {},
    endpoints: { ehr: { kind: 'fhir', base, auth: { kind: 'none' }, timeoutMs: 5000, concurrency: 8 } },
    subscriptions: { encounters: { listen, publicBase, credential: 'notify' } },
  },
});
engine.dispatcher.addSource({
  id: 'flow-a/encounters',
  definition: 'flow-a',
  capacity: 16,
  leaseMs: 5_000,
  deliver(work) {
    void (async () => {
      const found = await engine.subscriptions.read('encounters', work, ({ code }) => new Error(code));
      if (found.kind === 'change')
        appendFileSync(join(folder, 'processed'), `${found.reference}/${found.versionId ?? ''} ${work.id}\n`);
      await engine.dispatcher.finish(work, { outcome: { kind: 'done' }, trace: [], version: null });
    })().catch(() => undefined);
  },
});
await engine.intake.configure(
  [],
  [{ id: 'flow-a/encounters', definition: 'flow-a', feed: 'encounters', filter: { types: [], senders: [] } }],
  [{ name: 'encounters', format: 'fhir', lane: 'routine', afterDead: 'continue', resendWindowMs: 86_400_000 }],
);
await engine.subscriptions.configure([wanted({ pollMs: 1_000 })]);
engine.start();
process.send?.('started');
