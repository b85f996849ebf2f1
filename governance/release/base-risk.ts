/** How much risk a bundle changes, whatever it says of itself. */
import { readBundle, riskOf, RISKS, type Bytes, type Risk } from '../bundle/index.ts';

/**
 * The highest risk of what a bundle may change: to lower a risk, or to take a definition away, needs those whom it needed
 * before. What cannot be read counts as critical. `undefined`: nothing ran.
 * @param read the file of a bundle by its hash; nobody has verified it
 */
export async function riskOfBases(
  bases: readonly (string | null)[],
  read: (hash: string) => Promise<Bytes | undefined>,
): Promise<Risk | undefined> {
  const risks = new Set<Risk>();
  for (const hash of new Set(bases)) if (hash !== null) risks.add(await riskIn(hash, read));
  return RISKS.findLast((risk) => risks.has(risk));
}

async function riskIn(hash: string, read: (hash: string) => Promise<Bytes | undefined>): Promise<Risk> {
  try {
    const file = await read(hash);
    const bundle = file && (await readBundle(file));
    // Its files are those of its manifest, and its hash is the manifest's: nobody has to have signed it.
    return bundle?.hash === hash ? riskOf(bundle) : 'critical';
  } catch {
    return 'critical';
  }
}
