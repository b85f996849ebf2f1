import type { Bytes } from '../../bundle/index.ts';
import { writeBundle } from '../../bundle/index.ts';
import { openDatabase } from '../store/database.ts';
import { proposalsIn } from '../store/proposals.ts';
import { bundleFilesIn } from './bundle-files.ts';
import { current } from './parts.ts';
import { signedBundle } from './standing.ts';

/**
 * A proposal's file with the signatures so far, without the console.
 * @throws `proposal-unknown`, `proposal-file-damaged`, `console-store-unusable`
 */
export async function readProposedBundle(dataFolder: string, number: number): Promise<Bytes> {
  const database = openDatabase(dataFolder);
  try {
    const { revision, signatures } = current({ store: proposalsIn(database) }, number);
    return writeBundle(signedBundle(await bundleFilesIn(dataFolder).read(revision.bundle), signatures));
  } finally {
    database.close();
  }
}
