import { wordAndTerm } from '../../governance/api/message-words.ts';
import type { EndpointHealth, FeedRefusals, FeedStatus, StoreTrouble } from '../../engine/index.ts';
import { isGated } from '../../engine/index.ts';
import type { HeadStatement } from '../../governance/audit/heads/head-statement.ts';
import { newestHead } from '../../governance/audit/heads/newest-head.ts';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import type { RuntimeRelease } from '../../runtime/api/release-contract.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { switchText } from './switches.ts';
import { columns, dateTime, json, safe, span } from '../terminal.ts';

export async function status(io: Io, options: { readonly runtime: string; readonly json?: boolean }): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  const now = await runtime.get<RuntimeStatus>('/status');
  const release = isGated(runtime.environment) ? await runtime.get<RuntimeRelease>('/release') : null;
  // What is wrong with them says `wardflow doctor`.
  const head = await newestHead(io.config().dataFolder).catch(() => null);
  if (options.json === true)
    io.out(
      json({
        ...statusJson(now),
        auditHead: head && { number: head.number, at: head.at },
        ...(release && { release }),
      }),
    );
  else
    io.out(
      statusText(now, runtime.run.governance?.url ?? null, io.now()) +
        (head ? headText(head, io.now()) : '') +
        (release ? releaseText(release) : ''),
    );
}

const headText = ({ number, at }: HeadStatement, now: number): string =>
  columns([['audit head', `${number}, signed ${span(now - Date.parse(at))} ago`]]);

function releaseText({ running, problem, drift }: RuntimeRelease): string {
  const until = running?.until ? `, under broken glass until ${dateTime(running.until)}` : '';
  const rows: (readonly string[])[] = [
    ['release', running ? `${running.sequence}, bundle ${running.bundle.slice(0, 12)}${until}` : 'none'],
    ...(problem ? [['problem', problem.title]] : []),
    ...drift.filter(({ text }) => text !== problem?.title).map(({ text }) => ['drift', text]),
  ];
  return columns(rows);
}

/** For programs. `messages.accepted` counts all journal entries: what was acknowledged. */
export function statusJson(status: RuntimeStatus): object {
  const { messages, work } = status;
  return {
    environment: status.environment,
    version: status.version,
    startedAt: dateTime(status.startedAt),
    messages: {
      accepted: messages.total,
      quarantined: messages.quarantined,
      unrouted: messages.unrouted,
      resend: messages.resend,
    },
    work,
    inFlight: status.inFlight,
    oldestWaiting: status.oldestWaiting === null ? null : dateTime(status.oldestWaiting),
    openEscalations: status.openEscalations,
    switches: status.switches,
    feeds: status.feeds,
    endpoints: status.endpoints,
    definitions: status.definitions,
    durability: status.durability,
    acknowledgements: status.acknowledgements,
    storeTrouble: status.storeTrouble,
    rssBytes: status.rssBytes,
  };
}

function statusText(status: RuntimeStatus, consoleUrl: string | null, now: number): string {
  const { messages, work } = status;
  const counts = (all: Readonly<Record<string, number>>): string =>
    Object.entries(all)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const { storeTrouble } = status;
  const rows: (readonly string[])[] = [
    ...(storeTrouble === null ? [] : [['store', troubleText(storeTrouble, now)]]),
    [
      'messages',
      counts({
        accepted: messages.total,
        [wordAndTerm('quarantined').toLowerCase()]: messages.quarantined,
        [wordAndTerm('unrouted').toLowerCase()]: messages.unrouted,
        resend: messages.resend,
      }),
    ],
    ['work', counts(work)],
    ['escalations', `${status.openEscalations} waiting for an answer`],
    ...(status.oldestWaiting === null ? [] : [['oldest', `waiting for ${span(now - status.oldestWaiting)}`]]),
    ...status.switches.map((one) => ['stopped', switchText(one)]),
    ...status.feeds.map((feed) => [`feed ${feed.name}`, feedText(feed, now)]),
    ...status.acknowledgements.map(({ feed, awaited, overdue, undelivered }) => [
      `answers ${feed}`,
      `${awaited} awaited by senders, ${overdue} of them overdue, ${undelivered} not delivered yet`,
    ]),
    ...status.endpoints.map((endpoint) => [`endpoint ${endpoint.name}`, endpointText(endpoint, now)]),
    ...(consoleUrl === null ? [] : [['console', consoleUrl]]),
  ];
  const head = `Wardflow ${status.version}, ${status.environment}, running for ${span(now - status.startedAt)}`;
  return `${safe(head)}\n${columns(rows)}`;
}

function troubleText({ text, since, lastAt }: StoreTrouble, now: number): string {
  return `nothing is kept or acknowledged for ${span(now - since)} (last tried ${span(now - lastAt)} ago): ${text}`;
}

function feedText(feed: FeedStatus, now: number): string {
  const { state, host, port, connections, lastMessageAt, error, withholding } = feed;
  const where = port === null ? '' : ` on ${host}:${port}`;
  const last = lastMessageAt === null ? 'no message yet' : `last message ${span(now - lastMessageAt)} ago`;
  return [
    `${state}${where}${tlsText(feed)}`,
    `${connections} connected`,
    last,
    ...(withholding ? ['its backlog is full: acknowledgements wait'] : []),
    ...refusedTexts(feed.refused),
    ...(error === null ? [] : [error.text]),
  ].join(', ');
}

function tlsText({ tls, port }: FeedStatus): string {
  if (!tls) return port === null ? '' : ' (in clear)';
  const kind = tls.mutual ? 'mutual TLS' : 'TLS';
  const until =
    tls.validUntil === null ? '' : `, certificate until ${new Date(tls.validUntil).toISOString().slice(0, 10)}`;
  return ` (${kind}${until}${tls.problem === null ? '' : `; ${tls.problem.text}`})`;
}

function refusedTexts(refused: FeedRefusals): readonly string[] {
  const counts: readonly (readonly [number, string])[] = [
    [refused.notKept, 'not kept'],
    [refused.backlogFull, 'refused by its full backlog'],
    [refused.stopped, 'refused while stopped'],
    [refused.unfinished, 'unfinished'],
    [refused.junk, 'stretches of junk'],
    [refused.connections, 'connections refused'],
    [refused.handshakes, 'TLS handshakes refused'],
  ];
  const some = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return some.length === 0 ? [] : [`since it started: ${some.join(', ')}`];
}

const SPOKEN = { fhir: 'FHIR', mllp: 'HL7' } as const;

function endpointText(endpoint: EndpointHealth, now: number): string {
  const { kind, state, since, lastFailureCode, circuit, pausedUntil } = endpoint;
  const how = since === null ? state : `${state} for ${span(now - since)}`;
  return [
    SPOKEN[kind],
    state === 'down' && lastFailureCode !== null ? `${how} (${lastFailureCode})` : how,
    ...(circuit === 'closed' ? [] : ['its work waits']),
    ...(pausedUntil === null ? [] : [`asked to be left alone until ${dateTime(pausedUntil)}`]),
  ].join(', ');
}
