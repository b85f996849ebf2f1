import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { Clock, LiveChange } from '../../../engine/index.ts';
import type { LiveEvents, RuntimeEntry } from '../../api/contract.ts';
import { sessionToken } from '../http/guards.ts';
import type { Origins } from '../http/origins.ts';
import { isHeldBack, mayDo, scopeOf, type Identity } from '../identity.ts';
import type { Login } from '../login.ts';
import { NEEDED } from './live-kinds.ts';

/** Changes of this time go out together: a burst of messages must not become a burst of repaints. */
const GATHER_MS = 200;
/** More changes than this in one go are told as "many". */
const MOST_AT_ONCE = 100;
const SWEEP_MS = 15_000;
const GAP = { kind: 'gap' } as const satisfies LiveChange;

export interface FanOut {
  change(runtime: string, change: LiveChange): void;
  runtime(entry: RuntimeEntry): void;
  proposal(number: number): void;
  /** What it runs, or whom it trusts, has changed; everybody may know. */
  environment(name: string): void;
  /** Cuts the sockets of a session that was ended. */
  endSession(sessionId: string): void;
  close(): Promise<void>;
}

/** Live changes to the browsers that are logged in, each socket only what its roles may see. */
export function createFanOut(
  http: HttpServer,
  login: Login,
  origins: Origins,
  clock: Clock,
  entries: () => Promise<readonly RuntimeEntry[]>,
): FanOut {
  const io = new Server<Record<string, never>, LiveEvents, Record<string, never>, { sessionId: string }>(http, {
    path: '/live',
    serveClient: false,
    transports: ['websocket'],
    maxHttpBufferSize: 4096,
    allowRequest: (request, callback) =>
      callback(
        null,
        origins.isOurs(request) &&
          origins.isFromOwnPage(request) &&
          mayHear(login.identify(sessionToken(request.headers))),
      ),
  });

  io.use((socket, next) => {
    const identity = login.identify(sessionToken(socket.request.headers));
    if (!identity || isHeldBack(identity)) {
      next(new Error('session-missing'));
      return;
    }
    socket.data.sessionId = identity.session.id;
    const kinds = Object.keys(NEEDED) as LiveChange['kind'][];
    const room = (kind: LiveChange['kind']): string =>
      scopeOf(identity, NEEDED[kind]) === 'all' ? `kind:${kind}` : `part:${kind}`;
    const rooms = kinds.filter((kind) => mayDo(identity, NEEDED[kind])).map(room);
    if (mayDo(identity, 'proposal:read')) rooms.push('proposals');
    // In memory: without a cluster adapter this is done when it returns.
    void socket.join([...rooms, `session:${identity.session.id}`]);
    next();
  });
  io.on('connection', (socket) => {
    void entries().then((all) => {
      for (const entry of all) socket.emit('runtime', entry);
    });
  });

  const gathered = new Map<string, Map<string, LiveChange>>();
  const flush = (): void => {
    for (const [runtime, changes] of gathered) {
      for (const kind of Object.keys(NEEDED)) {
        const ofKind = [...changes.values()].filter((change) => change.kind === kind);
        if (ofKind.length === 0) continue;
        const more = ofKind.length > MOST_AT_ONCE;
        const told = ofKind.slice(0, MOST_AT_ONCE);
        io.to(`kind:${kind}`).emit('changes', { runtime, changes: told, more });
        io.to(`part:${kind}`).emit('changes', { runtime, changes: told.map(forPart), more });
      }
    }
    gathered.clear();
  };

  const cut = (sessionId: string): void => {
    io.to(`session:${sessionId}`).emit('ended');
    io.in(`session:${sessionId}`).disconnectSockets(true);
  };
  /** A session that idled out or expired ends without anybody calling `endSession`. */
  const sweep = setInterval(() => {
    for (const socket of io.sockets.sockets.values())
      if (!login.identifySession(socket.data.sessionId)) cut(socket.data.sessionId);
  }, SWEEP_MS);
  sweep.unref();

  return {
    change(runtime, change) {
      if (gathered.size === 0) clock.at(clock.now() + GATHER_MS, flush);
      let ofRuntime = gathered.get(runtime);
      if (!ofRuntime) gathered.set(runtime, (ofRuntime = new Map()));
      const { kind } = ofRuntime.size < MOST_AT_ONCE * 20 ? change : GAP;
      ofRuntime.set(kind === 'gap' ? 'gap' : keyOf(change), kind === 'gap' ? GAP : change);
    },
    runtime: (entry) => void io.emit('runtime', entry),
    proposal: (number) => void io.to('proposals').emit('proposal', { number }),
    environment: (environment) => void io.emit('environment', { environment }),
    endSession: cut,
    async close() {
      clearInterval(sweep);
      io.disconnectSockets(true);
      await io.close();
    },
  };
}

/** Who owes a step before anything else hears nothing until it is done; their browser asks again by itself. */
const mayHear = (identity: Identity | undefined): boolean => identity !== undefined && !isHeldBack(identity);

/**
 * For somebody who answers for a part: an id says nothing, but a notice has words. They ask for the list, which is narrowed.
 */
function forPart(change: LiveChange): LiveChange {
  return change.kind === 'notice' ? GAP : change;
}

function keyOf(change: LiveChange): string {
  switch (change.kind) {
    case 'message':
    case 'escalation':
    case 'task':
    case 'alert':
    case 'problem':
      return `${change.kind} ${change.id}`;
    case 'identity':
      return `identity ${change.id}`;
    case 'switch':
    case 'fallback':
    case 'feed':
    case 'endpoint':
    case 'release':
      return `${change.kind} ${change.name}`;
    case 'notice':
      return `notice ${change.notice.id}`;
    case 'gap':
      return 'gap';
    default:
      return change satisfies never;
  }
}
