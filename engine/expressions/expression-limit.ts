/** Which bound an expression met. Its message holds nothing of what it was given. */
export class ExpressionLimit extends Error {
  /** Unknown to JSONata, so that it leaves the message alone. */
  readonly code = 'expression-limit';
  readonly limit: 'time' | 'depth' | 'size';

  constructor(limit: ExpressionLimit['limit'], most: number) {
    super(`${MARK} ${SENTENCES[limit].replace('{most}', String(most))}`);
    this.limit = limit;
  }
}

/** Nodes of Node-RED's own pass on the text of an error alone. */
const MARK = 'expression-limit:';

const SENTENCES = {
  time: 'it took more than {most} milliseconds',
  depth: 'it called itself more than {most} times deep',
  size: 'it made a list or text of more than {most} elements',
} as const;

/** Whether it is one, or was made from one (`$eval`, a node's text). */
export function isExpressionLimit(error: unknown): boolean {
  if (error instanceof ExpressionLimit) return true;
  if (typeof error === 'string') return error.includes(MARK);
  if (typeof error !== 'object' || error === null) return false;
  const { code, error: inner, value, message } = error as Thrown;
  // JSONata's own, of a list that is made at once; and what `$eval` wraps.
  if (code === 'D2015' || (inner !== undefined && inner !== error && isExpressionLimit(inner))) return true;
  return [value, message].some((text) => typeof text === 'string' && text.includes(MARK));
}

interface Thrown {
  readonly code?: unknown;
  readonly error?: unknown;
  readonly value?: unknown;
  readonly message?: unknown;
}
