import { wordAndTerm } from '../../governance/api/message-words.ts';
import type { EndpointHealth, FeedRefusals, FeedStatus, StoreTrouble, SubscriptionView } from '../../engine/index.ts';
import { isGated } from '../../engine/index.ts';
import type { HeadStatement } from '../../governance/audit/heads/head-statement.ts';
import { newestHead } from '../../governance/audit/heads/newest-head.ts';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import type { RuntimeRelease } from '../../runtime/api/release-contract.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { fallbackText } from './fallbacks.ts';
import { isoTimes } from './iso-times.ts';
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
        ...(release && { release: isoTimes(release) }),
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

/** For programs: all times are ISO 8601. `messages.accepted` counts all journal entries: what was acknowledged. */
export function statusJson(status: RuntimeStatus): Readonly<Record<string, unknown>> {
  const { messages, work } = status;
  return {
    environment: status.environment,
    version: status.version,
    startedAt: isoTimes(status.startedAt, 'startedAt'),
    messages: {
      accepted: messages.total,
      quarantined: messages.quarantined,
      unrouted: messages.unrouted,
      resend: messages.resend,
    },
    work,
    inFlight: status.inFlight,
    oldestWaiting: isoTimes(status.oldestWaiting, 'oldestWaiting'),
    openEscalations: status.openEscalations,
    switches: isoTimes(status.switches),
    fallbacks: isoTimes(status.fallbacks),
    feeds: isoTimes(status.feeds),
    subscriptions: isoTimes(status.subscriptions ?? []),
    endpoints: isoTimes(status.endpoints),
    leftOut: status.leftOut ?? [],
    definitions: status.definitions,
    durability: status.durability,
    acknowledgements: status.acknowledgements,
    storeTrouble: isoTimes(status.storeTrouble),
    rosterTrouble: isoTimes(status.rosterTrouble),
    openDifferences: status.openDifferences,
    openIdentityQuestions: status.openIdentityQuestions,
    rssBytes: status.rssBytes,
  };
}

function statusText(status: RuntimeStatus, consoleUrl: string | null, now: number): string {
  const { messages, work } = status;
  const counts = (all: Readonly<Record<string, number>>): string =>
    Object.entries(all)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const { storeTrouble, rosterTrouble } = status;
  const rows: (readonly string[])[] = [
    ...(storeTrouble === null ? [] : [['store', troubleText(storeTrouble, now)]]),
    ...(rosterTrouble === null
      ? []
      : [['roster', `cannot be used: ${rosterTrouble.reason}; in force is ${rosterTrouble.inForce ?? 'none'}`]]),
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
    ...(status.openDifferences === 0
      ? []
      : [['differences', `${status.openDifferences} on FHIR servers from what was written`]]),
    ...(status.openIdentityQuestions === 0
      ? []
      : [['identities', `${status.openIdentityQuestions} to be told apart or joined by a person`]]),
    ...(status.oldestWaiting === null ? [] : [['oldest', `waiting for ${span(now - status.oldestWaiting)}`]]),
    ...status.switches.map((one) => ['stopped', switchText(one)]),
    ...status.fallbacks.map((one) => ['fallback', fallbackText(one)]),
    ...status.feeds.map((feed) => [`feed ${feed.name}`, feedText(feed, now)]),
    ...(status.subscriptions ?? []).map((one) => [`subscription ${one.name}`, subscriptionText(one, now)]),
    ...status.acknowledgements.map(({ feed, awaited, overdue, undelivered }) => [
      `answers ${feed}`,
      `${awaited} awaited by senders, ${overdue} of them overdue, ${undelivered} not delivered yet`,
    ]),
    ...status.endpoints.map((endpoint) => [`endpoint ${endpoint.name}`, endpointText(endpoint, now)]),
    ...(status.leftOut ?? []).map(({ name, text }) => [`endpoint ${name}`, `left out: ${text}`]),
    ...(consoleUrl === null ? [] : [['console', consoleUrl]]),
  ];
  const head = `Wardflow ${status.version}, ${status.environment}, running for ${span(now - status.startedAt)}`;
  return `${safe(head)}\n${columns(rows)}`;
}

function troubleText({ text, since, lastAt }: StoreTrouble, now: number): string {
  return `nothing is kept or acknowledged for ${span(now - since)} (last tried ${span(now - lastAt)} ago): ${text}`;
}

function subscriptionText(
  { state, endpoint, heardAt, polledAt, watermark, missed, gaps, gapSince, trouble, counts }: SubscriptionView,
  now: number,
): string {
  const ago = (at: number | null): string =>
    at === null ? 'never' : `${Math.max(0, Math.round((now - at) / 1000))} s ago`;
  const facts = [
    `${state} at ${endpoint}`,
    `heard ${ago(heardAt)}`,
    `polled ${ago(polledAt)}`,
    ...(watermark === null ? [] : [`all kept until ${dateTime(watermark)}`]),
    ...(gapSince === null ? [] : ['a gap is open']),
    ...(gaps > 0 ? [`${gaps} gaps closed`] : []),
    ...(missed > 0 ? [`${missed} found by the poll alone`] : []),
    `since it started: ${counts.notifications} told, ${counts.duplicates} again, ${counts.polled} by ${counts.polls} polls`,
    ...(counts.refused > 0 ? [`${counts.refused} refused at its address`] : []),
    ...(counts.askedAgain > 0 ? [`asked again ${counts.askedAgain} times`] : []),
    ...(trouble === null ? [] : [trouble.text]),
  ];
  return facts.join(', ');
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

const SPOKEN = { fhir: 'FHIR', mllp: 'HL7', http: 'HTTP' } as const;

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
