/** A runtime as the console sees it: the runtime API over real HTTP, with synthetic data in memory. Long because it answers every route. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  chainAudit,
  GENESIS,
  MESSAGE_STATES,
  PROBLEM_STATES,
  TASK_STATES,
  type AuditRecord,
  type ConsoleNotice,
  type LiveChange,
  type MessageSummary,
  type WardflowError,
} from '../../engine/index.ts';
import {
  API_ROOT,
  SCOPE_HEADER,
  type EscalationView,
  type RuntimeStatus,
  type SampleView,
} from '../../runtime/api/contract.ts';
import { outlineAnswer } from '../../runtime/api/outline-routes.ts';
import { auditAnswer, auditRecords } from './fake-audit.ts';
import { fakeAlerts, type FakeAlerts } from './fake-alerts.ts';
import { fakeFallbacks, type FakeFallbacks } from './fake-fallbacks.ts';
import { fakeOperations, type FakeOperations } from './fake-operations.ts';
import { emptyReport } from './fake-shift.ts';
import { subscriptionsAt } from './fake-subscriptions.ts';
import {
  FLOWS,
  seededRandom,
  syntheticDetail,
  syntheticEscalations,
  syntheticMessage,
  syntheticMessages,
  VERSIONS,
} from './synthetic-messages.ts';

export interface FakeRuntime {
  readonly url: string;
  readonly token: string;
  readonly messages: readonly MessageSummary[];
  readonly escalations: readonly EscalationView[];
  readonly operations: FakeOperations;
  readonly fallbacks: FakeFallbacks;
  readonly alerts: FakeAlerts;
  /** Every call: method, path with query, actor. */
  readonly calls: readonly {
    readonly method: string;
    readonly path: string;
    readonly actor: string;
    readonly body: string;
    /** What the console said of the part asked for; `null`: all. */
    readonly scope: unknown;
  }[];
  /** A message arrives and its change is told. */
  arrive(state?: MessageSummary['state']): MessageSummary;
  /** Something is put on record. */
  record(type: string): void;
  notice(notice: Partial<ConsoleNotice>): void;
  publish(change: LiveChange): void;
  /** Resolves when somebody listens to `/live`. */
  watched(): Promise<void>;
  /** Ends all streams at `/live`, as a restart would. */
  dropStreams(): void;
  /** Streams open at `/live`. */
  listeners(): number;
  stop(): Promise<void>;
}

export interface FakeRuntimeOptions {
  /** Flows that declare one, and messages that are held. */
  readonly fallbacks?: boolean;
  readonly messages?: number;
  /** Open ones; a few more are taken over or over. */
  readonly alerts?: number;
  readonly port?: number;
  readonly now?: number;
  readonly empty?: boolean;
  /** What it has on record is told when this resolves. */
  readonly auditReady?: () => Promise<void>;
  /** `false`: knows nothing of people who answer for a part. */
  readonly narrows?: boolean;
  /** Answers `GET /shift-report`; else nothing was. */
  readonly shiftReport?: (query: URLSearchParams) => Promise<unknown>;
}

const AUDITED: Readonly<Record<string, string>> = {
  redrive: 'work.redriven',
  release: 'work.woken',
  reread: 'message.reread',
};

const NO_TASKS = Object.fromEntries([...TASK_STATES, 'overdue'].map((state) => [state, 0]));
const NO_PROBLEMS = Object.fromEntries(PROBLEM_STATES.map((state) => [state, 0]));

export const FAKE_TOKEN = 'fake-service-token-for-tests-0123456789abcd';

export async function startFakeRuntime(options: FakeRuntimeOptions = {}): Promise<FakeRuntime> {
  const now = options.now ?? Date.now();
  const messages = options.empty ? [] : syntheticMessages(options.messages ?? 400, now);
  const escalations = syntheticEscalations(messages, now);
  const streams = new Set<ServerResponse>();
  const first = Promise.withResolvers<void>();
  const calls: { method: string; path: string; actor: string; body: string; scope: unknown }[] = [];
  const notices: ConsoleNotice[] = [];
  const samples = new Map<string, SampleView>();
  const random = seededRandom(99);
  const audit: AuditRecord[] = auditRecords(messages, now);
  const note = (type: string, actor: string, messageId: string | undefined, more: Partial<AuditRecord> = {}): void => {
    const entry = { at: Date.now(), type, actor, details: {}, ...(messageId ? { messageId } : {}), ...more };
    audit.push(chainAudit(entry, audit.length + 1, audit.at(-1)?.hash ?? GENESIS));
  };
  const publish = (change: LiveChange): void => {
    for (const stream of streams) stream.write(`data: ${JSON.stringify(change)}\n\n`);
  };
  const counts = (list: readonly MessageSummary[]): Record<string, number> => ({
    ...Object.fromEntries(MESSAGE_STATES.map((state) => [state, list.filter((one) => one.state === state).length])),
    total: list.length,
  });
  const replace = (id: string, more: Partial<MessageSummary>): void => {
    const at = messages.findIndex((one) => one.id === id);
    if (at >= 0) messages[at] = { ...messages[at]!, ...more };
    publish({ kind: 'message', id });
  };

  const fallbacks = fakeFallbacks(options.fallbacks ?? false, messages, now);
  const operations = fakeOperations({ now, empty: options.empty ?? false, messages, note, replace });

  const alerts = fakeAlerts({ now, count: options.empty ? 0 : (options.alerts ?? 5), messages, publish });

  const list = (query: URLSearchParams): unknown => {
    const states = query.get('state')?.split(',');
    const text = query.get('q')?.toLowerCase();
    const matching = messages.filter(
      (one) =>
        (!query.has('feed') || one.feed === query.get('feed')) &&
        (!query.has('type') || one.type?.startsWith(query.get('type') ?? '')) &&
        (!query.has('since') || one.receivedAt >= Number(query.get('since'))) &&
        (!query.has('until') || one.receivedAt <= Number(query.get('until'))) &&
        (!query.has('patient') || one.patientHint?.endsWith((query.get('patient') ?? '').slice(-4))) &&
        (text === undefined ||
          one.controlId?.toLowerCase().startsWith(text) ||
          one.id.toLowerCase() === text ||
          one.reason?.code === text),
    );
    const before = Number(query.get('before') ?? Infinity);
    const limit = Number(query.get('limit') ?? 100);
    const rows = matching.filter((one) => (!states || states.includes(one.state)) && one.seq < before).toReversed();
    const page = rows.slice(0, limit);
    return {
      asOf: Date.now(),
      messages: page,
      counts: counts(matching),
      next: rows.length > limit ? page.at(-1)!.seq : null,
    };
  };

  const status = (): RuntimeStatus => ({
    environment: 'staging',
    version: '0.1.0',
    startedAt: now - 7_200_000,
    asOf: Date.now(),
    messages: counts(messages) as RuntimeStatus['messages'],
    work: { waiting: 6, claimed: 2, parked: 3, done: messages.length, dead: 12, discarded: 4 },
    inFlight: 2,
    fallbacks: fallbacks.inForce,
    stranded: [],
    oldestWaiting: messages.find((one) => one.state === 'waiting')?.receivedAt ?? null,
    feeds: options.empty
      ? []
      : [
          {
            name: 'hospital',
            format: 'hl7v2',
            state: 'listening',
            host: '127.0.0.1',
            port: 2575,
            tls: { mutual: true, validUntil: now + 60 * 86_400_000, problem: null },
            connections: 3,
            withholding: false,
            refused: { notKept: 0, backlogFull: 0, stopped: 0, unfinished: 0, junk: 0, connections: 0, handshakes: 0 },
            lastMessageAt: messages.at(-1)?.receivedAt ?? null,
            error: null,
          },
          {
            name: 'radiology',
            format: 'hl7v2',
            state: 'failed',
            host: '127.0.0.1',
            port: 2580,
            tls: null,
            connections: 0,
            withholding: false,
            refused: { notKept: 0, backlogFull: 0, stopped: 0, unfinished: 0, junk: 0, connections: 0, handshakes: 0 },
            lastMessageAt: null,
            error: { code: 'port-taken', text: 'Port 2580 for the feed "radiology" is taken.' },
          },
        ],
    endpoints: options.empty
      ? []
      : [
          {
            name: 'ehr',
            kind: 'fhir',
            state: 'up',
            since: now - 7_000_000,
            lastSuccess: now - 4000,
            lastFailure: now - 900_000,
            lastFailureCode: 'fhir-unavailable',
            circuit: 'closed',
            openUntil: null,
            pausedUntil: null,
            inFlight: 1,
            waiting: 0,
            limit: 8,
            mostAtOnce: 8,
          },
          {
            name: 'ward',
            kind: 'mllp',
            state: 'down',
            since: now - 240_000,
            lastSuccess: now - 260_000,
            lastFailure: now - 9_000,
            lastFailureCode: 'mllp-unreachable',
            circuit: 'open',
            openUntil: now + 6_000,
            pausedUntil: null,
            inFlight: 0,
            waiting: 0,
            limit: 1,
            mostAtOnce: 1,
          },
        ],
    subscriptions: options.empty ? [] : subscriptionsAt(now),
    openEscalations: escalations.filter((one) => one.state === 'open').length,
    switches: operations.switches.map((one) => ({ ...one, inForce: one.from <= Date.now() })),
    definitions: Object.keys(FLOWS).map(summaryOf),
    durability: { adapter: 'sqlite', settings: { synchronous: 'FULL', journal_mode: 'wal' } },
    acknowledgements: [],
    storeTrouble: null,
    rosterTrouble: null,
    openDifferences: operations.differences.filter(({ state }) => state === 'open').length,
    openIdentityQuestions: operations.identities.questions.filter(({ state }) => state === 'open').length,
    rssBytes: 141_000_000,
    confined: true,
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const body = await text(request);
    calls.push({
      method: request.method ?? '',
      path: `${url.pathname}${url.search}`,
      actor: String(request.headers['wardflow-actor']),
      body,
      scope: scopeIn(request),
    });
    if (options.narrows !== false && request.headers[SCOPE_HEADER] !== undefined)
      response.setHeader(SCOPE_HEADER, 'applied');
    const json = (value: unknown, code = 200): void => {
      response.writeHead(code, { 'content-type': code < 400 ? 'application/json' : 'application/problem+json' });
      response.end(JSON.stringify(value));
    };
    const missing = (): void =>
      json(
        {
          type: 'urn:x',
          title: 'There is no such message.',
          status: 404,
          code: 'message-unknown',
          remedy: 'Check the id.',
        },
        404,
      );
    if (request.headers.authorization !== `Bearer ${FAKE_TOKEN}`) return json({ status: 401 }, 401);
    const actor = String(request.headers['wardflow-actor']);
    const parts = url.pathname.slice(API_ROOT.length + 1).split('/');
    const [what, id = '', action] = parts;
    if (what === 'live') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': hello\n\n');
      streams.add(response);
      first.resolve();
      response.once('close', () => streams.delete(response));
      return undefined;
    }
    if (what === 'hl7') {
      try {
        return json(outlineAnswer(JSON.parse(body)));
      } catch (error) {
        const { code = 'internal', message = '', remedy = '' } = error as Partial<WardflowError>;
        return json({ type: 'urn:x', title: message, status: 422, code, remedy }, 422);
      }
    }
    if (what === 'status') return json(status());
    const operated = operations.answer(request.method ?? '', parts, url.searchParams, body, actor);
    if (operated) return json(operated.body, operated.status);
    const fallen = fallbacks.answer(request.method ?? '', parts, body, actor);
    if (fallen) return json(fallen.body, fallen.status);
    const alerted = alerts.answer(request.method ?? '', parts, url.searchParams, body, actor);
    if (alerted) return json(alerted.body, alerted.status);
    if (what === 'notices') return json({ notices: notices.toReversed() });
    if (what === 'tasks')
      return json({ asOf: Date.now(), tasks: [], counts: NO_TASKS, next: null, covers: [], roster: false });
    if (what === 'problems') return json({ asOf: Date.now(), problems: [], counts: NO_PROBLEMS, next: null });
    if (what === 'rule-tables') return json({ tables: [] });
    if (what === 'samples' && id === '') return json({ samples: [...samples.values()] });
    if (what === 'definitions')
      return FLOWS[id]
        ? json({
            ...summaryOf(id),
            intent: {
              title: id,
              purpose: 'Synthetic.',
              owner: { name: 'Ward', role: 'owner', contact: '' },
              risk: 'high',
              runbook: 'Runbook',
              contactOutOfHours: 'integration on call',
            },
            readme: README,
            flow: FLOWS[id],
            rules: [],
          })
        : missing();
    if (what === 'escalations' && action === 'acknowledge') {
      const at = escalations.findIndex((one) => one.id === id);
      const found = escalations[at];
      if (!found) return missing();
      if (found.state !== 'open') return json({ outcome: 'already-ended' });
      const reason = (JSON.parse(body || '{}') as { reason?: string }).reason;
      escalations[at] = {
        ...found,
        state: 'acknowledged',
        nextAt: null,
        endedAt: Date.now(),
        endedBy: { actor, via: 'console', ...(reason ? { reason } : {}) },
      };
      note('escalation.acknowledged', actor, found.messageId);
      publish({ kind: 'escalation', id });
      publish({ kind: 'message', id: found.messageId });
      return json({ outcome: 'acknowledged' });
    }
    if (what === 'shift-report')
      return json((await options.shiftReport?.(url.searchParams)) ?? emptyReport(url.searchParams));
    if (what === 'escalations') {
      const states = url.searchParams.get('state')?.split(',');
      return json({
        asOf: Date.now(),
        escalations: escalations.filter((one) => !states || states.includes(one.state)),
      });
    }
    if (what === 'audit') {
      await options.auditReady?.();
      return json(auditAnswer(audit, id, url.searchParams));
    }
    if (what !== 'messages') return missing();
    if (id === '') {
      if (url.searchParams.has('patient')) note('message.searched', actor, undefined);
      return json(list(url.searchParams));
    }
    const message = messages.find((one) => one.id === id);
    if (!message) return missing();
    if (action === undefined) return json(syntheticDetail(message, escalations));
    if (action === 'pin' || action === 'unpin') {
      const { feed, type, controlId, receivedAt } = message;
      const name = (JSON.parse(body || '{}') as { name?: string }).name ?? '';
      const sample = { message: id, feed, name, by: actor, at: Date.now(), type, controlId, receivedAt, gone: false };
      note(action === 'pin' ? 'sample.pinned' : 'sample.unpinned', actor, id, { details: { feed, name } });
      if (action === 'pin') samples.set(id, sample);
      else if (!samples.delete(id)) return missing();
      return action === 'pin' ? json(sample, 201) : json({ unpinned: id });
    }
    note(action === 'raw' ? 'message.body-viewed' : (AUDITED[action ?? ''] ?? 'work.discarded'), actor, id);
    if (action === 'raw') {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      response.end(`MSH|^~\\&|LABSYS|CENTRAL|||||${message.type}|${message.controlId}|P|2.5.1\rPID|1||SYNTH-4711\r`);
      return undefined;
    }
    if (action === 'release') {
      replace(id, { state: 'processing', stateSince: Date.now() });
      return json({ released: [`${id}-w`] });
    }
    if (action === 'reread') {
      if (url.searchParams.has('dryRun')) return json({ outcome: 'accepted', id: null });
      replace(id, { state: 'discarded', stateSince: Date.now() });
      return json({ outcome: 'accepted', id });
    }
    if (action === 'redrive' && url.searchParams.has('dryRun'))
      return json({ redriven: [`${id}-w`], doneAfter: 2, withoutSource: 0 });
    if (action === 'redrive') {
      replace(id, { state: 'done', recovered: true, reason: null, stateSince: Date.now() });
      return json({ redriven: [`${id}-w`], doneAfter: 2, withoutSource: 0 });
    }
    const items = [{ id: `${id}-w`, definition: 'admissions', subscription: 'admissions/all', state: 'dead' }];
    if (url.searchParams.has('dryRun')) return json({ discarded: [], items });
    replace(id, { state: 'discarded', reason: null, stateSince: Date.now() });
    return json({ discarded: [`${id}-w`], items });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const port = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${port}`,
    token: FAKE_TOKEN,
    messages,
    escalations,
    operations,
    fallbacks,
    alerts,
    calls,
    publish,
    watched: () => first.promise,
    listeners: () => streams.size,
    dropStreams() {
      for (const stream of streams) stream.end();
    },
    record: (type) => note(type, 'system', undefined),
    arrive(state = 'done') {
      const message = syntheticMessage(messages.length + 1, Date.now(), state, random);
      messages.push(message);
      publish({ kind: 'message', id: message.id });
      return message;
    },
    notice(more) {
      const full: ConsoleNotice = {
        id: `n${notices.length + 1}`,
        at: Date.now(),
        escalationId: escalations.find((one) => one.state === 'open')?.id ?? null,
        messageId: messages.at(-1)?.id ?? '',
        definition: 'critical-lab-result',
        lane: 'stat',
        to: 'ward nurse',
        text: 'Critical potassium result: acknowledge within 15 minutes',
        ...more,
      };
      notices.push(full);
      publish({ kind: 'notice', notice: full });
    },
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function scopeIn(request: IncomingMessage): unknown {
  const header = request.headers[SCOPE_HEADER];
  return typeof header === 'string' ? JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) : null;
}

const README = `# A flow

What it does.

## Runbook

- **Nobody answers.** The ladder goes on by itself.

## Limits

It decides nothing by itself.
`;

function summaryOf(name: string): RuntimeStatus['definitions'][number] {
  const tab = FLOWS[name]?.[0]?.id ?? null;
  const title = name === 'critical-lab-result' ? 'Critical lab result follow-up' : 'Discharge follow-up';
  return {
    name,
    version: VERSIONS[name] ?? '',
    title,
    risk: name === 'critical-lab-result' ? 'critical' : 'moderate',
    serviceLine: name === 'critical-lab-result' ? 'Laboratory' : 'Community care',
    tab,
  };
}

async function text(request: IncomingMessage): Promise<string> {
  let all = '';
  for await (const chunk of request) all += String(chunk);
  return all;
}
