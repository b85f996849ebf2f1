/** Events by HTTP: authenticated, fitting their schema, durable, and only then answered with 202. */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import { DEEPEST_JSON, isTooDeep } from '../../base/json-depth.ts';
import { describeProblems, schemaCheck, type SchemaCheck } from '../../base/json-schema.ts';
import type { Log } from '../../base/log.ts';
import { readCredential } from '../../config/credential.ts';
import type { LiveFeed } from '../../engine.ts';
import type { Intake } from '../../intake/feed.ts';
import { bodyOf, MinuteCounts, type HttpReply } from '../listen.ts';
import { isSameListen, Places, type Listen } from '../places.ts';
import { isFromSender } from './check-sender.ts';
import { describeEvent } from './describe-event.ts';
import type { HttpEventBinding, HttpEventFeed, HttpEventService } from './event-feed.ts';

export interface HttpEventsOptions {
  /** Data folder of the environment: credentials are files below it. */
  readonly folder: string;
  readonly tlsFolder: string;
  readonly bindings: Readonly<Record<string, HttpEventBinding>>;
  readonly intake: Pick<Intake, 'acceptEvent'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly live: Pick<LiveFeed, 'publish'>;
}

export interface RunningHttpEvents extends HttpEventService {
  stop(): Promise<void>;
}

interface Wanted {
  readonly feed: HttpEventFeed;
  readonly check: SchemaCheck<unknown> | null;
}

const PATH = /^\/(?:[^?]*\/)?events\/([a-z][a-z0-9-]{0,62})\/?$/;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(;|$)/i;
const SHORTEST_SECRET = 16;

export function createHttpEvents(options: HttpEventsOptions): RunningHttpEvents {
  const { folder, tlsFolder, bindings, intake, clock, ids, live } = options;
  const log = options.log.with({ part: 'http-events' });
  const counts = new MinuteCounts();
  let wanted = new Map<string, Wanted>();
  const places = new Places({
    tlsFolder,
    clock,
    log,
    what: 'events',
    answer,
    changed: () => {
      for (const name of wanted.keys()) live.publish({ kind: 'feed', name });
    },
  });

  async function answer(request: IncomingMessage, at: Listen): Promise<HttpReply> {
    const [, name = ''] = PATH.exec((request.url ?? '').split('?')[0] ?? '') ?? [];
    const found = wanted.get(name);
    const binding = Object.hasOwn(bindings, name) ? bindings[name] : undefined;
    // Who may come, and whether by a certificate, its own listener knows.
    if (!found || !binding || !isSameListen(binding.listen, at))
      return told(404, 'no-such-feed', 'There is no feed of this name.');
    if (request.method !== 'POST') return told(405, 'not-a-post', 'Events are sent by POST.');
    const body = await bodyOf(request, found.feed.maxBytes);
    // The body is part of a signature: it is read before anybody is known, within the limit.
    const secret = await secretOf(binding.auth);
    if (secret === null) {
      log.error('the credential of a feed of events cannot be used', { feed: name });
      return told(503, 'not-ready', 'The feed cannot check who sends.');
    }
    if (body === 'too-large') return told(413, 'too-large', `An event may have ${found.feed.maxBytes} bytes.`);
    if (!isFromSender(binding.auth, secret, request.headers, body, clock.now()))
      return told(401, 'not-authenticated', 'The token or signature is missing or wrong.');
    // Of the sender alone: whoever is refused must not take away its places.
    if (counts.isTooMany(name, clock.now(), binding.perMinute)) return told(429, 'too-many', 'Send it again later.');
    if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) return told(415, 'not-json', 'Events are JSON.');
    return taken(name, found, request, body);
  }

  async function taken(
    name: string,
    { feed, check }: Wanted,
    request: IncomingMessage,
    bytes: Buffer,
  ): Promise<HttpReply> {
    const event = objectIn(bytes);
    if (!event) return told(400, 'not-json', 'The body is no JSON object.');
    if (isTooDeep(event)) return told(400, 'too-deep', `An event nests at most ${DEEPEST_JSON} deep.`);
    const described = describeEvent(feed, request.headers, event);
    if (!described.ok) return told(422, 'without-id', `The event has no id: ${described.missing} is missing.`);
    if (check && !check.accepts(described.data))
      return told(422, 'not-as-agreed', describeProblems(check.problems(described.data)).slice(0, 2_000));
    const outcome = await intake.acceptEvent({
      ...described.description,
      feed: name,
      format: 'json',
      connection: `http ${ids.next()}`,
      bytes,
    });
    switch (outcome.kind) {
      case 'accepted':
      case 'unrouted':
      case 'quarantined':
        return { status: 202, body: { id: outcome.id } };
      case 'resend':
        return { status: 202, body: { id: outcome.first, repeated: true } };
      case 'refused':
        return told(403, 'refused', 'The feed is closed.');
      case 'withheld':
        return told(503, 'later', 'Send it again later.');
      default:
        return outcome satisfies never;
    }
  }

  async function secretOf(auth: HttpEventBinding['auth']): Promise<string | null> {
    if (auth.kind === 'certificate') return '';
    const found = await readCredential(folder, auth.credential);
    return found && found.text.length >= SHORTEST_SECRET ? found.text : null;
  }

  return {
    async configure(feeds) {
      wanted = new Map(
        feeds.map((feed) => [feed.name, { feed, check: feed.schema === null ? null : schemaCheck(feed.schema) }]),
      );
      await places.use(feeds.flatMap(({ name }) => (Object.hasOwn(bindings, name) ? (bindings[name] ?? []) : [])));
    },
    place(name) {
      const binding = Object.hasOwn(bindings, name) ? bindings[name] : undefined;
      return binding ? places.status(binding) : { state: 'unbound', host: null, port: null, tls: null, error: null };
    },
    stop: () => places.close(),
  };
}

const told = (status: number, code: string, text: string): HttpReply => ({ status, body: { code, text } });

function objectIn(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
