import type { Bytes } from '../../bundle/index.ts';
import { writeBundle } from '../../bundle/index.ts';
import { openDatabase } from '../store/database.ts';
import { proposalsIn } from '../store/proposals.ts';
import { bundleFilesIn } from './bundle-files.ts';
import { givenUp, isGivenUp } from './given-up.ts';
import { current } from './parts.ts';
import { signedBundle } from './standing.ts';

/**
 * A proposal's file with the signatures so far, without the console.
 * @param use an order is refused for what was rejected or withdrawn; broken glass is not
 * @throws `proposal-state`, `proposal-unknown`, `proposal-file-damaged`, `console-store-unusable`
 */
export async function readProposedBundle(
  dataFolder: string,
  number: number,
  use: 'order' | 'break-glass',
): Promise<Bytes> {
  const database = openDatabase(dataFolder);
  try {
    const { proposal, revision, signatures } = current({ store: proposalsIn(database) }, number);
    if (use === 'order' && isGivenUp(proposal.state)) throw givenUp(proposal.state);
    return writeBundle(signedBundle(await bundleFilesIn(dataFolder).read(revision.bundle), signatures));
  } finally {
    database.close();
  }
}
