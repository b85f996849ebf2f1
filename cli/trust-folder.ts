/**
 * Where an environment's trust store lies: `<data>/trust/<environment>/`, beside the runtimes' folders, which they may
 * write, not in them.
 */
import { join } from 'node:path';
import {
  bundleErrors,
  pinOf,
  readPin,
  readTrustStore,
  type TrustPin,
  type TrustStore,
} from '../governance/bundle/index.ts';
import { cliErrors } from './errors.ts';
import type { Io } from './io.ts';
import { isThere, readSiteFile, writeSiteFile } from './site-file.ts';

export interface TrustOptions {
  readonly environment: string;
  /** Another folder. */
  readonly trust?: string;
  /** Hash of its first version, known from elsewhere: then the folder's own pin is not believed. */
  readonly pin?: string;
}

export const trustFolder = (io: Io, { environment, trust }: TrustOptions): string =>
  trust ?? join(io.config().dataFolder, 'trust', environmentName(environment));

/** @throws WardflowError `option-invalid` */
export function environmentName(name: string): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name))
    throw cliErrors.create('option-invalid', {
      option: '--environment',
      takes: 'a name of small letters, digits and -',
    });
  return name;
}

/** Verified, pinned. @throws WardflowError `trust-store-missing`, and what `readTrustStore` throws */
export async function openTrust(io: Io, options: TrustOptions): Promise<TrustStore> {
  const folder = trustFolder(io, options);
  if (!(await isThere(join(folder, STORE)))) throw bundleErrors.create('trust-store-missing', { folder });
  const file = await readSiteFile(join(folder, STORE));
  if (options.pin === undefined) return readTrustStore(file, await pinIn(folder, options.environment));
  const store = await readTrustStore(file, null);
  if (store.first !== options.pin) throw bundleErrors.create('trust-store-not-pinned');
  if (store.environment !== options.environment)
    throw bundleErrors.create('trust-store-of-another-environment', {
      found: store.environment,
      environment: options.environment,
    });
  return store;
}

/** @throws WardflowError `file-unwritable`; `trust-store-exists` for a first version where there is one */
export async function keepTrust(folder: string, store: TrustStore): Promise<void> {
  const first = store.version === 1;
  if (first && (await isThere(join(folder, STORE)))) throw bundleErrors.create('trust-store-exists', { folder });
  await writeSiteFile(join(folder, STORE), text(store.file), { force: !first });
  // After the store: a crash between the two leaves a pin that the longer store still fulfils.
  await writeSiteFile(join(folder, PIN), text(pinOf(store)), { force: !first });
}

const STORE = 'trust-store.json';
const PIN = 'pin.json';
const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function pinIn(folder: string, environment: string): Promise<TrustPin> {
  const pin = readPin(await readSiteFile(join(folder, PIN)));
  if (pin.environment !== environment)
    throw bundleErrors.create('trust-store-of-another-environment', { found: pin.environment, environment });
  return pin;
}
