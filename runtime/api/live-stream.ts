/**
 * Live changes as server-sent events. Each connection hears of one thing at most ten times a second: changes are gathered
 * for a tenth of a second and sent once. A client that does not read is cut off; it asks again when it comes back.
 */
import type { Request, Response } from 'express';
import type { LiveChange, LiveFeed } from '../../engine/index.ts';
import { apiErrors } from './problems.ts';

const GATHER_MS = 100;
const HEARTBEAT_MS = 15_000;
const MOST_CONNECTIONS = 64;
const MOST_UNREAD_BYTES = 1024 * 1024;

export class LiveStream {
  readonly #live: LiveFeed;
  readonly #open = new Set<() => void>();

  constructor(live: LiveFeed) {
    this.#live = live;
  }

  serve(request: Request, response: Response): void {
    if (this.#open.size >= MOST_CONNECTIONS) throw apiErrors.create('too-many-listeners');
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    let gathered = new Map<string, LiveChange>();
    let timer: NodeJS.Timeout | null = null;
    const flush = (): void => {
      timer = null;
      if (response.writableLength > MOST_UNREAD_BYTES) return close();
      const lines = [...gathered.values()].map((change) => `data: ${JSON.stringify(change)}\n\n`);
      gathered = new Map();
      response.write(lines.join(''));
    };
    const unsubscribe = this.#live.subscribe((change) => {
      gathered.set(keyOf(change), change);
      timer ??= setTimeout(flush, GATHER_MS);
    });
    const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
    const close = (): void => {
      unsubscribe();
      clearInterval(heartbeat);
      if (timer) clearTimeout(timer);
      this.#open.delete(close);
      response.end();
    };
    this.#open.add(close);
    request.on('close', close);
    response.on('error', close);
  }

  /** Ends every stream, so that the server can stop. */
  close(): void {
    for (const close of this.#open) close();
  }
}

function keyOf(change: LiveChange): string {
  if ('id' in change) return `${change.kind} ${change.id}`;
  if (change.kind === 'gap') return 'gap';
  return change.kind === 'notice' ? `notice ${change.notice.id}` : `${change.kind} ${change.name}`;
}
