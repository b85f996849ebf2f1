/** The trust store that a command is about. */
import type { TrustStore } from '../governance/bundle/index.ts';
import { readTrustFolder, trustFolderOf } from '../governance/trust/trust-folder.ts';
import { cliErrors } from './errors.ts';
import type { Io } from './io.ts';

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
