/** `--redact [profile]`: by which profile something leaves. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRedactor, findProfile, NOTHING_CLINICAL, PROFILE_NAME, type Redactor } from '../engine/index.ts';
import type { Io } from './io.ts';

/** As commander gives it: `true` without a name. */
export type RedactOption = string | boolean | undefined;

export const REDACT = [
  '--redact [profile]',
  `only what a redaction profile lets out, as JSON (${NOTHING_CLINICAL})`,
] as const;

/** `undefined`: it was not asked for. @throws WardflowError `redaction-unknown`, `redaction-invalid` */
export async function redactorOf(io: Io, option: RedactOption): Promise<Redactor | undefined> {
  if (option === undefined || option === false) return undefined;
  const folder = join(io.config().flowsFolder, '_policy', 'redactions');
  const files = await readdir(folder).catch((): string[] => []);
  const names = files.flatMap((file) => {
    const name = file.endsWith('.json') ? file.slice(0, -'.json'.length) : '';
    return PROFILE_NAME.test(name) ? [name] : [];
  });
  const read = (name: string): Promise<string> => readFile(join(folder, `${name}.json`), 'utf8');
  return createRedactor(
    await findProfile(option === true ? NOTHING_CLINICAL : option, { names: names.toSorted(), read }),
  );
}
