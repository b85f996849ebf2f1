import { headsFile, headsFolder, publicKeyFile, readHeadKeys } from './head-key.ts';
import { readHead, type HeadStatement } from './head-statement.ts';
import { lastLines } from './heads-file.ts';

/**
 * The head that was signed last in a data folder, read from the file; `null`: none was.
 * @throws WardflowError `audit-heads-line-invalid`, or what the public key's reader throws
 */
export async function newestHead(dataFolder: string): Promise<HeadStatement | null> {
  const folder = headsFolder(dataFolder);
  const [last] = await lastLines(headsFile(folder), 1);
  if (!last) return null;
  return (await readHead(last.line, last.number, await readHeadKeys([publicKeyFile(folder)]))).statement;
}
