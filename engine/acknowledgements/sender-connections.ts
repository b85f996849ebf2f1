/**
 * Answers that go back on the connection that their message, or its latest resend, came by. Only here and now: what cannot
 * leave stays made in the store, and goes with the answer to the next resend.
 */
import type { FrameConnection } from '../mllp/connection.ts';

interface Waiting {
  readonly connection: FrameConnection;
  /** The accept acknowledgement has left, or none is sent: what follows may. */
  open: boolean;
  /** It is made, and leaves when it may. */
  due: boolean;
  end(): void;
}

export interface SenderConnectionsOptions {
  /** The answer of a message, as it is kept. */
  readonly bytes: (messageId: string) => Promise<Uint8Array | undefined>;
  readonly delivered: (messageId: string) => Promise<void>;
  readonly onStoreFailure: (error: unknown) => void;
}

export class SenderConnections {
  readonly #options: SenderConnectionsOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #sending = new Set<Promise<void>>();

  constructor(options: SenderConnectionsOptions) {
    this.#options = options;
  }

  /** Messages whose sender waits here for what is not made yet, as far as is known; at most so many. */
  waiting(most: number): string[] {
    const found: string[] = [];
    for (const [messageId, { open, due }] of this.#waiting) {
      if (!open || due) continue;
      if (found.push(messageId) >= most) break;
    }
    return found;
  }

  /** The message's answer is to go this way; a connection that waited for it before does so no more. */
  expect(messageId: string, connection: FrameConnection): void {
    this.#waiting.get(messageId)?.end();
    const release = connection.hold();
    const forget = connection.onGone(() => waiting.end());
    const waiting: Waiting = {
      connection,
      open: false,
      due: false,
      end: () => {
        release();
        forget();
        if (this.#waiting.get(messageId) === waiting) this.#waiting.delete(messageId);
      },
    };
    this.#waiting.set(messageId, waiting);
  }

  /** Its accept acknowledgement has left on this connection, or none is to. */
  opened(messageId: string, connection: FrameConnection): void {
    const waiting = this.#waiting.get(messageId);
    if (waiting?.connection !== connection) return;
    waiting.open = true;
    if (waiting.due) this.#send(messageId, waiting);
  }

  /** The answer is made: it leaves, where its sender waits. */
  made(messageId: string): void {
    const waiting = this.#waiting.get(messageId);
    if (!waiting || waiting.due) return;
    waiting.due = true;
    if (waiting.open) this.#send(messageId, waiting);
  }

  /** Nothing leaves there any more; a later connection that has taken its place goes on waiting. */
  missed(messageId: string, connection: FrameConnection): void {
    const waiting = this.#waiting.get(messageId);
    if (waiting?.connection === connection) waiting.end();
  }

  /** Nothing is to come any more. */
  drop(messageId: string): void {
    this.#waiting.get(messageId)?.end();
  }

  /** Resolves when nothing is being sent. */
  async none(): Promise<void> {
    await Promise.all(this.#sending);
  }

  #send(messageId: string, waiting: Waiting): void {
    const sending = this.#leave(messageId, waiting).finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  async #leave(messageId: string, waiting: Waiting): Promise<void> {
    const { bytes, delivered, onStoreFailure } = this.#options;
    try {
      const answer = await bytes(messageId);
      if (answer && (await waiting.connection.send(answer))) await delivered(messageId);
    } catch (error) {
      onStoreFailure(error);
    } finally {
      waiting.end();
    }
  }
}
