import type { IdentifierSearch } from '../../api/contract.ts';

/**
 * The identifier being looked for: in memory only, so that Back from a message finds the answer again and no address,
 * history or storage ever holds it.
 */
let current: IdentifierSearch | null = null;

export const rememberedSearch = (): IdentifierSearch | null => current;
export function rememberSearch(search: IdentifierSearch | null): void {
  current = search;
}
