/** The change that the demo's analyst has made on staging: potassium pages above 6.0 mmol/L, not above 6.2. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../../engine/index.ts';
import type { RuntimeDirectory } from '../runtimes.ts';

const TABLE = join('critical-lab-result', 'rules', 'critical-results.json');
/** With the table's own test of the threshold. */
const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/"> 6\.2"/, '"> 6.0"'],
  [/"value": 6\.2,/, '"value": 6.0,'],
];

/** Changes the file and deploys, as an analyst would. `false`: staging does not answer yet. */
export async function changeThreshold(flowsFolder: string, runtimes: RuntimeDirectory): Promise<boolean> {
  const staging = await runtimes.locate('staging');
  if (!staging) return false;
  const flows = new URL('/flows', staging.url);
  const headers = { authorization: `Bearer ${staging.token}`, 'node-red-api-version': 'v2' };
  const before = await fetch(flows, { headers, signal: AbortSignal.timeout(10_000) }).catch(() => null);
  if (!before?.ok) return false;
  const file = join(flowsFolder, TABLE);
  const text = await readFile(file, 'utf8');
  const changed = CHANGES.reduce((all, [what, by]) => all.replace(what, by), text);
  if (changed !== text) await replaceFile(file, changed);
  // Rule files are read with every deploy.
  const answer = await fetch(flows, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'node-red-deployment-type': 'flows' },
    body: await before.text(),
    signal: AbortSignal.timeout(30_000),
  });
  await answer.body?.cancel();
  return answer.ok;
}
