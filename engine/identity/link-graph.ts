/** Which key a patient is known by now. Pure: the answer follows from the set of links alone, not from their order of arrival. */
import type { IdentityLink } from '../store/contract/identities.ts';

export type LinkFacts = Pick<IdentityLink, 'id' | 'prior' | 'survivor' | 'kind' | 'at' | 'undone'>;

export interface LinkGraph {
  /** The key that survives; a key without a link that counts is its own. */
  survivorOf(key: string): string;
  /** Not undone, and no other counts in its place. */
  counts(link: Pick<LinkFacts, 'id'>): boolean;
}

/**
 * The newest link of a key counts; one that would close a circle with newer ones does not. What two identifiers in one message
 * say ranks below what a merge or a person says.
 */
export function linkGraph(links: readonly LinkFacts[]): LinkGraph {
  const next = new Map<string, string>();
  const counting = new Set<string>();
  const survivorOf = (key: string): string => {
    let at = key;
    // Ends: nothing is ever added that closes a circle.
    for (let to = next.get(at); to !== undefined; to = next.get(at)) at = to;
    return at;
  };
  for (const { id, prior, survivor } of links.filter(({ undone }) => undone === null).toSorted(newestFirst)) {
    if (next.has(prior) || survivorOf(survivor) === prior) continue;
    next.set(prior, survivor);
    counting.add(id);
  }
  return { survivorOf, counts: ({ id }) => counting.has(id) };
}

const rank = ({ kind }: LinkFacts): number => (kind === 'stated' ? 1 : 0);

/** The id decides between links of one moment: any order will do, as long as it is always the same. */
const newestFirst = (a: LinkFacts, b: LinkFacts): number =>
  rank(a) - rank(b) || b.at - a.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
