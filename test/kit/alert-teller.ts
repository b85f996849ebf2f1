/** Run as a process of its own by a test that kills it: tells what is owed by the webhook that it is given, and says when. */
import { AlertBench } from './alert-bench.ts';

const [folder = '', url = '', begin = ''] = process.argv.slice(2);
const bench = await AlertBench.open({ folder, bound: { pager: { kind: 'webhook', url, timeoutMs: 60_000 } } });
if (begin === 'begin') {
  const { alertPolicyOf } = await import('./alert-bench.ts');
  const tiers = [{ name: 'page', when: 'true', to: { role: 'doctor' }, channels: ['pager'] }];
  await bench.consider(await bench.accept(), { patient: 'p1', code: 'K' }, alertPolicyOf({ tiers }));
} else {
  while (bench.told.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const told = bench.told[0];
  const alert = told && 'alert' in told ? told.alert : null;
  process.stdout.write(JSON.stringify(alert?.deliveries ?? []));
  await bench.close(true);
}
