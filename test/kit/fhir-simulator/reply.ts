/** What the simulator answers, before faults spoil it. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A resource; absent: an empty body. */
  readonly body?: unknown;
}

/** A refusal, thrown by whatever finds a reason. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(status: number, code: string, expression?: string) {
    super(`HTTP ${status}`);
    this.reply = outcome(status, code, expression);
  }
}

export function outcome(status: number, code: string, expression?: string): Reply {
  const issue = [{ severity: 'error', code, ...(expression === undefined ? {} : { expression: [expression] }) }];
  return { status, body: { resourceType: 'OperationOutcome', issue } };
}
