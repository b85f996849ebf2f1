import { isPersonName, publicPart } from '../../governance/bundle/index.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { newKey } from '../signing.ts';
import { isThere, writeSiteFile } from '../site-file.ts';

export interface KeyCreateOptions {
  readonly out?: string;
}

/** Writes the key, encrypted by a passphrase, and beside it the public part that others are given. */
export async function createKeyFile(io: Io, person: string, options: KeyCreateOptions): Promise<void> {
  if (!isPersonName(person)) throw cliErrors.create('option-invalid', { option: '<person>', takes: 'an account name' });
  const file = options.out ?? `${person}.key.json`;
  const told = `${file.replace(/(?:\.key)?\.json$/, '')}.public.json`;
  // Before the passphrase is asked for: it would be typed in vain.
  for (const one of [file, told]) if (await isThere(one)) throw cliErrors.create('file-exists', { file: one });
  const key = await newKey(io, person);
  await writeSiteFile(file, text(key), { secret: true });
  await writeSiteFile(told, text(publicPart(key)));
  io.out(`Key ${key.id}\n`);
  io.out(`${file} is for ${person} only; ${told} is for whoever enrols the key.\n`);
}

const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
