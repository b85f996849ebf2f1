/** Production with a past: bundles of the shipped definitions, and keys that a browser can use. */
import { join } from 'node:path';
import { definitionFromFiles, loadDefinitions, packageRoot, type Definition } from '../../../engine/index.ts';
import { fromBase64 } from '../../../governance/bundle/base64.ts';
import { createBundle, sha256, statementBytes, type Bundle } from '../../../governance/bundle/index.ts';
import { wrapKey, type KeyFile } from '../../../governance/bundle/key-file.ts';
import { approved, authored, signed, type Cast, type Person } from '../bundle/ceremony.ts';

export const PASSPHRASE = 'seven brown owls at noon';

export async function keyFileOf({ key, told }: Person): Promise<KeyFile> {
  const { subtle } = globalThis.crypto;
  const raw = fromBase64(told.publicKey) ?? new Uint8Array();
  const publicKey = await subtle.importKey('raw', raw, 'Ed25519', true, ['verify']);
  return wrapKey({ privateKey: key.privateKey, publicKey }, told.person, PASSPHRASE);
}

export const shippedDefinitions = async (): Promise<readonly Definition[]> =>
  (await loadDefinitions(join(packageRoot(), 'flows'))).all;

/** With another text in one of the files of a definition. */
export const edited = (
  all: readonly Definition[],
  name: string,
  path: string,
  edit: (text: string) => string,
): readonly Definition[] =>
  all.map((one) => {
    if (one.name !== name) return one;
    const text = edit(one.files[path] ?? '');
    if (text === one.files[path]) throw new TypeError('nothing was edited');
    return definitionFromFiles(name, { ...one.files, [path]: text });
  });

export async function bundleOf(
  all: Cast,
  definitions: readonly Definition[],
  base: string | null,
  summary: string,
  approvals = true,
): Promise<Bundle> {
  const bundle = await createBundle({
    name: 'all',
    base,
    engine: '0.1.0',
    modules: { 'node-red': '5.0.7' },
    definitions,
  });
  const byAna = await signed(bundle, all.ana, { summary });
  if (!approvals) return byAna;
  const author = await sha256(statementBytes(authored(bundle, { summary })));
  const once = await approved(byAna, all.store, all.greta, 'clinical-governance', { author });
  return approved(once, all.store, all.emil, 'engineer', { author });
}
