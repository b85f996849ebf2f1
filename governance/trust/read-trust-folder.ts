/**
 * The folder of an environment's trust store: `<data>/trust/<environment>/`, beside the runtimes' folders, which they may
 * write, not in them. For whoever has to judge a bundle there: the runtime's gate, the console, the command line.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleErrors, readPin, readTrustStore, type TrustStore } from '../bundle/index.ts';

export const TRUST_STORE_FILE = 'trust-store.json';
export const TRUST_PIN_FILE = 'pin.json';

export const trustFolderOf = (dataFolder: string, environment: string): string =>
  join(dataFolder, 'trust', environment);

/**
 * Verified, and as it was pinned.
 * @param pin hash of its first version, known from elsewhere: then the folder's own pin is not believed
 * @throws WardflowError `trust-store-missing`, and what `readTrustStore` throws
 */
export async function readTrustFolder(folder: string, environment: string, pin?: string): Promise<TrustStore> {
  const file = await content(folder, TRUST_STORE_FILE);
  const pinned = pin === undefined ? readPin(await content(folder, TRUST_PIN_FILE)) : null;
  const found = pinned?.environment ?? environment;
  if (found !== environment) throw bundleErrors.create('trust-store-of-another-environment', { found, environment });
  const store = await readTrustStore(file, pinned);
  if (pin !== undefined && store.first !== pin) throw bundleErrors.create('trust-store-not-pinned');
  if (store.environment !== environment)
    throw bundleErrors.create('trust-store-of-another-environment', { found: store.environment, environment });
  return store;
}

/** A store without its pin is as good as none: nobody could say whose it is. */
async function content(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(join(folder, name)));
  } catch (error) {
    throw bundleErrors.create('trust-store-missing', { folder }, { cause: error });
  }
}
