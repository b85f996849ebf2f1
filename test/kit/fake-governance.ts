/**
 * Keys, trust and proposals as the console's API tells them (governance/api), over real HTTP and with state in memory, in
 * front of a real console that answers all the rest: for tests of pages that need proposals in any state at once.
 */
import { connect } from 'node:net';
import { request as send, type IncomingMessage } from 'node:http';
import type {
  Allowed,
  Comment,
  ProposalEvent,
  ProposalFiles,
  ProposalList,
  ProposalState,
  ProposalSummary,
  ProposalView,
  Seat,
} from '../../governance/api/proposal-contract.ts';
import { PROPOSAL_STATES } from '../../governance/api/proposal-contract.ts';
import type { OwnKey, TrustView } from '../../governance/api/release-contract.ts';
import {
  checkPolicy,
  opened,
  readKeyFile,
  sha256,
  type ApprovalStatement,
  type AuthorStatement,
  type Envelope,
  type KeyFile,
  type TrustedKey,
} from '../../governance/bundle/index.ts';
import { fromBase64 } from '../../governance/bundle/base64.ts';
import { isSigned } from '../../governance/bundle/dsse.ts';
import { POLICY } from '../governance/bundle/ceremony.ts';
import { startLocalHttpServer } from './local-http-server.ts';

export interface FakeProposal {
  readonly view: ProposalView;
  readonly files: ProposalFiles;
}

export interface FakeGovernance {
  readonly url: string;
  readonly proposals: Map<number, FakeProposal>;
  /** What was written: method and path. */
  readonly writes: readonly { readonly path: string; readonly person: string; readonly body: unknown }[];
  keysOf(person: string): readonly KeyFile[];
  keep(person: string, file: KeyFile): void;
  /** Puts the person's keys into the environment's trust store. */
  trust(person: string, ...roles: readonly string[]): void;
  readonly policyHash: string;
  stop(): Promise<void>;
}

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const ENVIRONMENT = 'production';
const yes: Allowed = { yes: true };
const no = (because: string): Allowed => ({ yes: false, because });

export async function startFakeGovernance(consoleUrl: string): Promise<FakeGovernance> {
  const own = new Map<string, OwnKey[]>();
  const trusted: TrustedKey[] = [];
  const proposals = new Map<number, FakeProposal>();
  const writes: { path: string; person: string; body: unknown }[] = [];
  const target = new URL(consoleUrl);
  const { policy, hash: policyHash } = await checkPolicy(POLICY);

  const keysOf = (person: string): OwnKey[] =>
    (own.get(person) ?? []).map((key) => ({
      ...key,
      trusted: { [ENVIRONMENT]: trusted.some(({ id }) => id === key.file.id) ? 'yes' : 'no' },
    }));
  const trustView = (): TrustView => ({
    environment: ENVIRONMENT,
    version: 1,
    hash: 'a'.repeat(64),
    policy,
    policyHash,
    keys: trusted,
    changes: [],
  });

  async function verified<T>(envelope: Envelope, person: string): Promise<T> {
    const open = opened(envelope, 'the envelope');
    for (const { keyId, signature } of open.signatures) {
      const key = trusted.find(({ id }) => id === keyId);
      const bytes = key && fromBase64(key.publicKey);
      if (key?.person === person && bytes && (await isSigned(open, signature, bytes)))
        return JSON.parse(new TextDecoder().decode(open.payload)) as T;
    }
    throw new Refused(422, 'signature-untrusted', 'The signature is not by a trusted key.');
  }

  const change = (number: number, more: Partial<ProposalView>, event?: Omit<ProposalEvent, 'at'>): void => {
    const one = proposals.get(number);
    if (!one) throw new Refused(404, 'not-found', 'There is no such proposal.');
    const at = Date.now();
    const view = { ...one.view, ...more, updatedAt: at };
    const given = view.seats.filter(({ person }) => person !== null).length;
    const approvals = { given, needed: view.seats.length };
    const missing = view.seats.filter(({ person }) => person === null).map(({ role }) => role);
    const state: ProposalState = view.state === 'open' && missing.length === 0 ? 'approved' : view.state;
    const waitsFor =
      state === 'open' ? `an approval as ${missing.join(' and as ')}` : state === 'approved' ? 'an order' : '';
    const history = event ? [...view.history, { ...event, at }] : view.history;
    proposals.set(number, { ...one, view: { ...view, state, approvals, waitsFor, history } });
  };

  /** What the caller may do. */
  const asSeen = (view: ProposalView, person: string, roles: readonly string[]): ProposalView => {
    const open = view.state === 'open';
    const over = !['draft', 'open', 'approved'].includes(view.state);
    const author = view.author === person;
    const held = trusted.filter((key) => key.person === person).flatMap((key) => key.roles);
    const free = view.seats.filter((seat) => seat.person === null && held.includes(seat.role));
    const sat = view.seats.some((seat) => seat.person === person);
    const may: ProposalView['may'] = {
      sign: author && view.state === 'draft' ? yes : no('Only its author signs it, while it is a draft.'),
      approve: author
        ? no('You are its author: others have to approve it.')
        : !open || view.outdated
          ? no(view.outdated ? 'It is outdated: its author has to revise it.' : 'It does not wait for approvals.')
          : sat
            ? no('You have approved it already.')
            : free.length > 0
              ? yes
              : no('No seat that is free is yours to take.'),
      reject: open && !author && held.length > 0 ? yes : no('It is not yours to reject.'),
      withdraw: author && !over ? yes : no('Only its author withdraws it.'),
      revise: author && !over ? yes : no('Only its author revises it.'),
      comment: yes,
      rerun: over ? no('It is over.') : yes,
      order:
        view.state === 'approved' && roles.includes('operator')
          ? yes
          : no('An operator orders it once it is approved.'),
    };
    const wanted =
      view.outdated && author ? 'revise' : (['sign', 'approve', 'order'] as const).find((one) => may[one].yes);
    return { ...view, may, asksYou: over ? null : (wanted ?? null) };
  };

  async function answer(
    method: string,
    url: URL,
    body: unknown,
    who: { username: string; roles: readonly string[] },
  ): Promise<unknown> {
    const { username: person } = who;
    const [kind = '', id = '', what = '', commentId = '', last = ''] = url.pathname.replace('/api/v1/', '').split('/');
    if (method === 'POST') writes.push({ path: url.pathname, person, body });
    if (kind === 'keys') {
      if (method === 'GET') return { keys: keysOf(person) };
      if (what === 'forget' || commentId === 'forget') {
        own.set(
          person,
          (own.get(person) ?? []).filter(({ file }) => file.id !== what),
        );
        return undefined;
      }
      const file = await readKeyFile(JSON.stringify(body), 'the key');
      if (file.person !== person) throw new Refused(422, 'key-of-another', 'The key is of another person.');
      const key: OwnKey = { file, createdAt: Date.now(), trusted: {} };
      own.set(person, [...(own.get(person) ?? []), key]);
      return keysOf(person).at(-1);
    }
    if (kind === 'trust') return trustView();
    if (id === '') return list(url.searchParams, (view) => asSeen(view, person, who.roles));
    const number = Number(id);
    const one = proposals.get(number);
    if (!one) throw new Refused(404, 'not-found', 'There is no such proposal.');
    const { view } = one;
    const reason = (body as { reason?: string } | null)?.reason ?? '';
    const seen = (): ProposalView => asSeen(proposals.get(number)!.view, person, who.roles);
    if (method === 'GET') return what === 'files' ? one.files : seen();
    if (what === 'signature') {
      const { envelope } = body as { envelope: Envelope };
      const statement = await verified<AuthorStatement>(envelope, person);
      if (statement.bundle !== view.bundle) throw new Refused(409, 'other-bundle', 'It is of another bundle.');
      const authorStatement = await sha256(fromBase64(envelope.payload) ?? new Uint8Array());
      change(
        number,
        { state: 'open', authorStatement },
        { actor: person, kind: 'signed', text: `${person} signed it as its author` },
      );
    } else if (what === 'approvals') {
      const statement = await verified<ApprovalStatement>((body as { envelope: Envelope }).envelope, person);
      if (statement.bundle !== view.bundle || statement.base !== view.base || statement.author !== view.authorStatement)
        throw new Refused(409, 'other-bundle', 'It is of another bundle.');
      if (statement.policy !== view.policy) throw new Refused(409, 'other-policy', 'It is of another policy.');
      const at = view.seats.findIndex((seat) => seat.role === statement.role && seat.person === null);
      if (at < 0) throw new Refused(409, 'no-seat', 'That seat is taken.');
      const seats = view.seats.map((seat, i): Seat => (i === at ? { ...seat, person, at: Date.now() } : seat));
      change(
        number,
        { seats },
        { actor: person, kind: 'approved', text: `${person} approved it as ${statement.role}` },
      );
    } else if (what === 'reject' || what === 'withdraw') {
      const state = what === 'reject' ? 'rejected' : 'withdrawn';
      change(
        number,
        { state },
        {
          actor: person,
          kind: state,
          text: `${person} ${state === 'rejected' ? 'rejected' : 'withdrew'} it: ${reason}`,
        },
      );
    } else if (what === 'revise') {
      const seats = view.seats.map((seat) => ({ ...seat, person: null, at: null }));
      change(
        number,
        { state: 'draft', seats, outdated: null, revision: view.revision + 1, authorStatement: null },
        { actor: person, kind: 'revised', text: `${person} took over what staging runs now` },
      );
    } else if (what === 'comments' && last === 'resolve') {
      const discussion = view.discussion.map((comment) =>
        comment.id === commentId ? { ...comment, resolved: true } : comment,
      );
      change(number, { discussion });
    } else if (what === 'comments') {
      const { text, place = null } = body as Pick<Comment, 'text'> & Partial<Comment>;
      const comment: Comment = {
        id: `c${view.discussion.length + 1}`,
        author: person,
        at: Date.now(),
        revision: view.revision,
        text,
        place,
        resolved: false,
      };
      change(number, { discussion: [...view.discussion, comment] });
    } else if (what === 'rerun') {
      const { what: part } = body as { what: 'checks' | 'scenarios' };
      change(number, { [part]: { ...view[part], state: 'running' } });
    } else throw new Refused(404, 'not-found', 'Nothing is there.');
    return seen();
  }

  function list(query: URLSearchParams, seenBy: (view: ProposalView) => ProposalView): ProposalList {
    const all = [...proposals.values()].map(({ view }) => seenBy(view)).toSorted((a, b) => b.number - a.number);
    const states = query.get('state')?.split(',') ?? [];
    const text = query.get('text')?.toLowerCase() ?? '';
    const before = Number(query.get('before') ?? Infinity);
    const limit = Number(query.get('limit') ?? 50);
    const matching = all
      .filter((one) => query.get('asks') !== 'me' || one.asksYou !== null)
      .filter((one) => (states.length === 0 || states.includes(one.state)) && one.number < before)
      .filter((one) => `${one.number} ${one.title} ${one.author} ${one.headline}`.toLowerCase().includes(text));
    return {
      proposals: matching.slice(0, limit).map(summaryOf),
      counts: Object.fromEntries(
        PROPOSAL_STATES.map((state) => [state, all.filter((one) => one.state === state).length]),
      ) as ProposalList['counts'],
      asking: all.filter(({ asksYou }) => asksYou !== null).length,
      before: matching.length > limit ? (matching[limit - 1]?.number ?? null) : null,
    };
  }

  const server = await startLocalHttpServer(async (request, response, raw) => {
    const url = new URL(request.url, target);
    if (!/^\/api\/v1\/(?:proposals|keys|trust)(?:\/|$)/.test(url.pathname))
      return forward(target, raw, request.body, response);
    const session = await fetch(new URL('/api/v1/session', target), {
      headers: { cookie: request.headers.cookie ?? '', 'wardflow-console': '1' },
    });
    const who = (await session.json()) as { username: string; roles: readonly string[] } | null;
    response.setHeader('content-type', 'application/json');
    response.setHeader('cache-control', 'no-store');
    try {
      if (!who) throw new Refused(401, 'session-missing', 'Log in first.');
      const body: unknown = request.body === '' ? null : JSON.parse(request.body);
      const answered = await answer(request.method, url, body, who);
      response.statusCode = answered === undefined ? 204 : 200;
      response.end(answered === undefined ? undefined : JSON.stringify(answered));
    } catch (error) {
      const refused = error instanceof Refused ? error : new Refused(500, 'fake-failed', String(error));
      response.statusCode = refused.status;
      response.end(
        JSON.stringify({
          type: 'about:blank',
          title: refused.message,
          status: refused.status,
          code: refused.code,
          remedy: 'Look again.',
        }),
      );
    }
  });
  server.onUpgrade((request, socket, head) => {
    const other = connect(Number(target.port), target.hostname, () => {
      const lines = request.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1] ?? ''}`] : []));
      other.write(`GET ${request.url ?? '/'} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      other.write(head);
      other.pipe(socket).pipe(other);
    });
    other.on('error', () => socket.destroy());
    socket.on('error', () => other.destroy());
    socket.on('close', () => other.destroy());
  });

  return {
    url: server.origin,
    proposals,
    writes,
    policyHash,
    keysOf: (person) => keysOf(person).map(({ file }) => file),
    keep(person, file) {
      own.set(person, [...(own.get(person) ?? []), { file, createdAt: Date.now(), trusted: {} }]);
    },
    trust(person, ...roles) {
      for (const { file } of own.get(person) ?? [])
        trusted.push({
          id: file.id,
          publicKey: file.publicKey,
          person,
          roles,
          addedBy: 'ana',
          addedAt: new Date().toISOString(),
          revoked: null,
        });
    },
    stop: () => server.close(),
  };
}

const SUMMARY = [
  ...(['number', 'title', 'state', 'outdated', 'environment', 'author', 'risk', 'definitions', 'headline'] as const),
  ...([
    'createdAt',
    'updatedAt',
    'checks',
    'scenarios',
    'approvals',
    'waitsFor',
    'asksYou',
    'followsBreakGlass',
  ] as const),
] as const;
const summaryOf = (view: ProposalView): ProposalSummary =>
  Object.fromEntries(SUMMARY.map((key) => [key, view[key]])) as unknown as ProposalSummary;

function forward(
  target: URL,
  raw: IncomingMessage,
  body: string,
  response: Parameters<Parameters<typeof startLocalHttpServer>[0]>[1],
): void {
  const outgoing = send(
    { host: target.hostname, port: target.port, path: raw.url, method: raw.method, headers: raw.headers, agent: false },
    (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    },
  );
  outgoing.on('error', () => response.destroy());
  outgoing.end(body);
}
