/** Keeping an environment's trust store in its folder; `read-trust-folder.ts` reads it. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { errorName, replaceFile } from '../../engine/index.ts';
import { appendTrust, bundleErrors, pinOf, readTrustStore, type Envelope, type TrustStore } from '../bundle/index.ts';
import { whileLocked } from '../release/lock.ts';
import { readTrustFolder, TRUST_PIN_FILE, TRUST_STORE_FILE } from './read-trust-folder.ts';

export { readTrustFolder, trustFolderOf } from './read-trust-folder.ts';

export const hasTrust = (folder: string): Promise<boolean> =>
  access(join(folder, TRUST_STORE_FILE)).then(
    () => true,
    () => false,
  );

/** @throws WardflowError `trust-store-unwritable`; `trust-store-exists` for a first version where there is one */
export async function keepTrust(folder: string, store: TrustStore): Promise<void> {
  if (store.version === 1 && (await hasTrust(folder))) throw bundleErrors.create('trust-store-exists', { folder });
  await write(folder, TRUST_STORE_FILE, store.file);
  // After the store: a crash between the two leaves a pin that the longer store still fulfils.
  await write(folder, TRUST_PIN_FILE, pinOf(store));
}

/**
 * Takes over the trust store of another host, which begins as people have written it down.
 * @throws WardflowError `trust-store-exists`, `trust-store-not-pinned`, and what `readTrustStore` throws
 */
export async function adoptTrust(
  folder: string,
  environment: string,
  file: Uint8Array<ArrayBuffer>,
  first: string,
): Promise<TrustStore> {
  if (await hasTrust(folder)) throw bundleErrors.create('trust-store-exists', { folder });
  const store = await readTrustStore(file, null);
  if (store.first !== first) throw bundleErrors.create('trust-store-not-pinned');
  const { environment: found } = store;
  if (found !== environment) throw bundleErrors.create('trust-store-of-another-environment', { found, environment });
  await write(folder, TRUST_STORE_FILE, store.file);
  await write(folder, TRUST_PIN_FILE, pinOf(store));
  return store;
}

/**
 * Puts a change that is approved in force; of two at once the second follows no longer and is refused.
 * @throws WardflowError what `appendTrust` throws, `trust-store-unwritable`
 */
export async function installTrust(
  folder: string,
  environment: string,
  envelope: Envelope,
  pin?: string,
): Promise<TrustStore> {
  return whileLocked(folder, environment, async () => {
    const next = await appendTrust(await readTrustFolder(folder, environment, pin), envelope);
    await keepTrust(folder, next);
    return next;
  });
}

async function write(folder: string, name: string, value: unknown): Promise<void> {
  try {
    await replaceFile(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  } catch (error) {
    throw bundleErrors.create('trust-store-unwritable', { folder, reason: errorName(error) }, { cause: error });
  }
}
