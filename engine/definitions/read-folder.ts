/** Takes a definition's files from disk: regular UTF-8 files in the places that the format knows, within limits. */
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../base/error-code.ts';
import type { Problems } from './problem.ts';

export type Files = Record<string, string>;

const LIMITS = { fileBytes: 4 * 1024 * 1024, files: 1_000, totalBytes: 32 * 1024 * 1024 };

/** What may lie where; a place that is not listed is refused, so that a misspelt folder is not silently unused. */
const PLACES: Readonly<Record<string, RegExp>> = {
  '': /^(?:flow\.json|intent\.json|identity\.json|README\.md)$/,
  rules: /^[a-z][a-z0-9-]{0,62}\.json$/,
  ladders: /^[a-z][a-z0-9-]{0,62}\.json$/,
  alerts: /^[a-z][a-z0-9-]{0,62}\.json$/,
  checklists: /^[a-z][a-z0-9-]{0,62}\.json$/,
  maps: /^[a-z][a-z0-9-]{0,62}\.json$/,
  mappings: /^[a-z][a-z0-9-]{0,62}\.json$/,
  scenarios: /^[a-z][a-z0-9-]{0,62}\.json$/,
  samples: /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}\.(?:hl7|json)$/,
};

export async function readDefinitionFolder(folder: string, problems: Problems): Promise<Files> {
  const files: Files = {};
  let total = 0;
  for (const place of ['', ...(await subfolders(folder, problems))]) {
    for (const entry of await readdir(join(folder, place), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || (place === '' && entry.isDirectory())) continue;
      const path = place === '' ? entry.name : `${place}/${entry.name}`;
      const here = problems.in(path);
      if (!entry.isFile())
        here.say('is no regular file', 'Put the file itself there: links and folders are not followed.');
      else if (!PLACES[place]?.test(entry.name)) here.say('has no place in a definition', 'Remove or rename it.');
      else if (Object.keys(files).length >= LIMITS.files)
        here.say('is one file too many', `Keep to ${LIMITS.files} files.`);
      else {
        const text = await readText(join(folder, path), here);
        total += text?.length ?? 0;
        if (text !== undefined && total <= LIMITS.totalBytes) files[path] = text;
        else if (text !== undefined)
          here.say('makes the definition too large', 'Keep its files under 32 MiB together.');
      }
    }
  }
  return files;
}

async function subfolders(folder: string, problems: Problems): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    if (entry.name in PLACES) found.push(entry.name);
    else problems.in(entry.name).say('is a folder that a definition does not have', 'Remove or rename it.');
  }
  return found.toSorted();
}

async function readText(path: string, problems: Problems): Promise<string | undefined> {
  try {
    // O_NOFOLLOW: a link put there after the listing is not followed either.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await handle.stat();
      if (size > LIMITS.fileBytes) {
        problems.say('is larger than 4 MiB', 'Make it smaller.');
        return undefined;
      }
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof TypeError) problems.say('is not UTF-8 text', 'Save it as UTF-8.');
    else problems.say(`cannot be read (${codeOf(error)})`, 'Make it readable for the user that runs Wardflow.');
    return undefined;
  }
}
