/** What a feed's config node says of its messages, as far as a preview needs it. */
import type { DefinitionSet } from '../../engine/index.ts';

export interface FeedFacts {
  readonly zone: string | null;
  readonly fallbackCharset: string | null;
  readonly lane: string;
}

export function feedOf(definitions: DefinitionSet, name: string | null): FeedFacts | undefined {
  if (name === null) return undefined;
  for (const { flow } of definitions.all) {
    const node = flow.find((one) => one.type === 'wardflow-feed' && one.name === name);
    if (node) {
      const { zone, fallbackCharset, lane } = node;
      return {
        zone: textOrNull(zone),
        fallbackCharset: textOrNull(fallbackCharset),
        lane: textOrNull(lane) ?? 'routine',
      };
    }
  }
  return undefined;
}

const textOrNull = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
