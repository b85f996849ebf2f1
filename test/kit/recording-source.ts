import type { ClaimedWork, Failure, WorkResult, WorkSource } from '../../engine/index.ts';

/** A source that keeps what it is given; the test says when and how each item ends. */
export class RecordingSource implements WorkSource {
  readonly id: string;
  readonly definition: string;
  readonly capacity: number;
  readonly leaseMs: number;
  readonly taken: ClaimedWork[] = [];
  onDeliver: (work: ClaimedWork) => void = () => undefined;

  constructor(id: string, options: { readonly capacity?: number; readonly leaseMs?: number } = {}) {
    this.id = id;
    this.definition = id.split('/')[0] ?? id;
    this.capacity = options.capacity ?? 16;
    this.leaseMs = options.leaseMs ?? 60_000;
  }

  deliver(work: ClaimedWork): void {
    this.taken.push(work);
    this.onDeliver(work);
  }

  /** Control ids in the order of delivery. */
  order(): string[] {
    return this.taken.map((work) => work.message.controlId ?? '');
  }

  /** The delivery of a control id; its last one where it was delivered more than once. */
  of(controlId: string): ClaimedWork {
    const found = this.taken.findLast((work) => work.message.controlId === controlId);
    if (!found) throw new Error(`${controlId} was not delivered`);
    return found;
  }

  timesDelivered(controlId: string): number {
    return this.taken.filter((work) => work.message.controlId === controlId).length;
  }
}

export const DONE: WorkResult = { outcome: { kind: 'done' }, trace: [], version: null };

export function failedAs(failureClass: Failure['class'], retryAfterMs?: number): WorkResult {
  const failure: Failure = {
    class: failureClass,
    code: `test-${failureClass}`,
    text: 'The test says so.',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  return { outcome: { kind: 'failed', failure }, trace: [], version: null };
}
