/** The changes as a JSON Feed (https://www.jsonfeed.org/version/1.1/). */
import type { ChangeList, ClinicalChange } from '../../api/release-contract.ts';

export interface JsonFeed {
  readonly version: 'https://jsonfeed.org/version/1.1';
  readonly title: string;
  readonly home_page_url: string;
  readonly feed_url: string;
  readonly items: readonly {
    readonly id: string;
    readonly url: string;
    readonly title: string;
    readonly content_text: string;
    /** RFC 3339. */
    readonly date_published: string;
    readonly tags: readonly string[];
  }[];
}

/** @param origin of the console, such as `https://wardflow.example` */
export function feedOf({ changes }: ChangeList, origin: string): JsonFeed {
  return {
    version: 'https://jsonfeed.org/version/1.1',
    title: 'Changes of clinical workflows',
    home_page_url: `${origin}/changes`,
    feed_url: `${origin}/api/v1/changes/feed.json`,
    items: changes.map((change) => ({
      // Not the address: the same change stays the same item when the console gets another one.
      id: `urn:wardflow:change:${change.environment}:${change.sequence}${change.kind === 'return' ? ':return' : ''}`,
      url: `${origin}/changes#${anchorOf(change)}`,
      title: change.title,
      content_text: textOf(change),
      date_published: new Date(change.at).toISOString(),
      tags: [change.environment, change.kind],
    })),
  };
}

const anchorOf = ({ environment, sequence, kind }: ClinicalChange): string =>
  `${environment}-${sequence}${kind === 'return' ? '-return' : ''}`;

function textOf({ summary, definitions }: ClinicalChange): string {
  const parts = definitions.map(({ title, lines }) => [title, ...lines.map((line) => `- ${line}`)].join('\n'));
  return [summary, ...parts].filter((part) => part !== '').join('\n\n') || 'Nothing that can be seen has changed.';
}
