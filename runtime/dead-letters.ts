/** Tells a definition's own flow of its dead letters: one child item for each `dead letter in` and each death. */
import type { ClaimedWork, Definition, Engine, Failure, NewWork } from '../engine/index.ts';

/** What a `dead letter in` is given. */
export interface DeadLetterData {
  readonly failure: Failure;
  /** The source whose item died: `<definition>/<name>`. */
  readonly subscription: string;
  readonly attempt: number;
  readonly at: number;
  /** Marks all that comes of a dead letter, so that its own end as one is not told again. */
  readonly ofDeadLetter: true;
}

/** Of the node, where the flow was written without it. */
const DEFAULT_SOURCE = 'dead-letters';

/**
 * Read from the definition in force and not from the running nodes: what dies in the middle of a deploy is told as well,
 * once the node runs again.
 */
export function deadLetters(
  { ids }: Pick<Engine, 'ids'>,
  definitionOf: (name: string) => Definition | undefined,
): (work: ClaimedWork, failure: Failure, at: number) => readonly NewWork[] {
  return (work, failure, at) => {
    if (isOfDeadLetter(work)) return [];
    const { subscription, attempt, messageId, definition, lane, correlationId, traceparent } = work;
    const data: DeadLetterData = { failure, subscription, attempt, at, ofDeadLetter: true };
    return sourcesIn(definitionOf(definition)).map((source) => ({
      id: ids.next(),
      messageId,
      subscription: `${definition}/${source}`,
      definition,
      lane,
      orderingKey: null,
      afterDead: 'continue',
      correlationId,
      traceparent,
      createdAt: at,
      child: { parentWorkId: work.id, key: `dead/${work.id}/${attempt}/${source}`, kind: 'dead-letter', data },
    }));
  };
}

/** It is a dead letter's item, or one that was queued or parked behind one. */
export function isOfDeadLetter({ child }: Pick<ClaimedWork, 'child'>): boolean {
  const data: unknown = child?.data;
  return typeof data === 'object' && data !== null && 'ofDeadLetter' in data && data.ofDeadLetter === true;
}

function sourcesIn(definition: Definition | undefined): readonly string[] {
  const nodes = definition?.flow.filter(({ type, d }) => type === 'dead letter in' && d !== true) ?? [];
  const names = nodes.map(({ source = DEFAULT_SOURCE }) => (typeof source === 'string' ? source.trim() : ''));
  return [...new Set(names)].filter((name) => name !== '');
}
