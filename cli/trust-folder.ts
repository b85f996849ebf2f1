/** The trust store that a command is about. */
import { join } from 'node:path';
import { bundleErrors, pinOf, type TrustStore } from '../governance/bundle/index.ts';
import {
  readTrustFolder,
  TRUST_PIN_FILE,
  TRUST_STORE_FILE,
  trustFolderOf,
} from '../governance/trust/read-trust-folder.ts';
import { cliErrors } from './errors.ts';
import type { Io } from './io.ts';
import { isThere, writeSiteFile } from './site-file.ts';

export interface TrustOptions {
  readonly environment: string;
  /** Another folder. */
  readonly trust?: string;
  /** Hash of its first version, known from elsewhere. */
  readonly pin?: string;
}

export const trustFolder = (io: Io, { environment, trust }: TrustOptions): string =>
  trust ?? trustFolderOf(io.config().dataFolder, environmentName(environment));

/** @throws WardflowError `option-invalid` */
export function environmentName(name: string): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name))
    throw cliErrors.create('option-invalid', {
      option: '--environment',
      takes: 'a name of small letters, digits and -',
    });
  return name;
}

/** Verified, pinned. @throws WardflowError what `readTrustFolder` throws */
export const openTrust = (io: Io, options: TrustOptions): Promise<TrustStore> =>
  readTrustFolder(trustFolder(io, options), options.environment, options.pin);

export const hasTrust = (folder: string): Promise<boolean> => isThere(join(folder, TRUST_STORE_FILE));

/** @throws WardflowError `file-unwritable`; `trust-store-exists` for a first version where there is one */
export async function keepTrust(folder: string, store: TrustStore): Promise<void> {
  const first = store.version === 1;
  if (first && (await hasTrust(folder))) throw bundleErrors.create('trust-store-exists', { folder });
  await writeSiteFile(join(folder, TRUST_STORE_FILE), text(store.file), { force: !first });
  // After the store: a crash between the two leaves a pin that the longer store still fulfils.
  await writeSiteFile(join(folder, TRUST_PIN_FILE), text(pinOf(store)), { force: !first });
}

const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
