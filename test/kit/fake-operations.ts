/** The operations part of the fake runtime: switches, dead letters in bulk, uncertain effects, figures. */
import type { AuditRecord, Difference, EffectRecord, MessageSummary, Switch } from '../../engine/index.ts';
import type {
  DeadLetterAnswer,
  DeadLetterRequest,
  DifferenceSettling,
  FigureSeries,
  QuarantineAnswer,
  QuarantineRequest,
  QueueFigures,
  ReasonList,
  SwitchRequest,
} from '../../runtime/api/contract.ts';
import { fakeIdentities, type FakeIdentities } from './fake-identities.ts';
import { seededRandom } from './synthetic-messages.ts';

const MINUTE = 60_000;

export interface FakeOperations {
  readonly switches: readonly Switch[];
  readonly effects: readonly EffectRecord[];
  readonly differences: readonly Difference[];
  readonly identities: FakeIdentities;
  /** `undefined`: not a path of operations. */
  answer(
    method: string,
    parts: readonly string[],
    query: URLSearchParams,
    body: string,
    actor: string,
  ): { readonly status: number; readonly body: unknown } | undefined;
}

export interface FakeOperationsParts {
  readonly now: number;
  readonly empty: boolean;
  readonly messages: readonly MessageSummary[];
  note(type: string, actor: string, messageId: string | undefined, more?: Partial<AuditRecord>): void;
  replace(id: string, more: Partial<MessageSummary>): void;
}

export function fakeOperations(parts: FakeOperationsParts): FakeOperations {
  const { now, empty, messages } = parts;
  const switches: Switch[] = [];
  const effects: EffectRecord[] = empty ? [] : uncertainEffects(messages, now);
  const differences: Difference[] = empty ? [] : differencesOf(messages, now);
  const identities = fakeIdentities(empty ? [] : messages, now);
  let made = 0;

  const deadLetters = (action: string, dry: boolean, { filter, reason }: DeadLetterRequest): DeadLetterAnswer => {
    const fitting = messages.filter(
      (one) =>
        one.state === 'dead' &&
        (filter.code === undefined || one.reason?.code === filter.code) &&
        (filter.definition === undefined || one.definitions.includes(filter.definition)) &&
        (filter.feed === undefined || one.feed === filter.feed),
    );
    if (!dry)
      for (const { id } of fitting) {
        parts.note(`work.${action === 'redrive' ? 'redriven' : 'discarded'}`, 'user:admin', id, {
          reason: reason ?? '',
        });
        parts.replace(id, {
          ...(action === 'redrive' ? { state: 'done', recovered: true } : { state: 'discarded' }),
          reason: null,
          stateSince: Date.now(),
        });
      }
    return {
      messages: fitting.length,
      items: fitting.length,
      spared: action === 'discard' && fitting.length > 1 ? 2 : 0,
      doneAfter: fitting.length > 1 ? 3 : 0,
      withoutSource: 0,
      doneAfterComplete: true,
      effectsDone: fitting.length > 1 ? 2 : 0,
      effectsUncertain: filter.code === 'fhir-rejected' ? 0 : 1,
      more: false,
      next: null,
    };
  };

  /** Of three one can be read now. */
  const quarantine = (action: string, dry: boolean, { filter, reason }: QuarantineRequest): QuarantineAnswer => {
    const fitting = messages.filter((one) => one.state === 'quarantined' && one.reason?.code === filter.code);
    const done = action === 'discard' ? fitting : fitting.filter((_, nth) => nth % 3 === 0);
    if (!dry)
      for (const { id } of done) {
        parts.note(`message.${action === 'discard' ? 'discarded' : 'reread'}`, 'user:admin', id, {
          reason: reason ?? '',
        });
        parts.replace(id, { state: 'discarded', stateSince: Date.now() });
      }
    return { messages: fitting.length, done: done.length, stay: fitting.length - done.length, next: null };
  };

  const reasons = (): ReasonList => {
    const groups = new Map<string, MessageSummary[]>();
    for (const one of messages)
      if (one.reason && (one.state === 'dead' || one.state === 'quarantined')) {
        const key = `${one.state} ${one.reason.code}`;
        groups.set(key, [...(groups.get(key) ?? []), one]);
      }
    return {
      asOf: Date.now(),
      reasons: [...groups.values()]
        .map((list) => ({
          state: list[0]!.state as 'dead' | 'quarantined',
          code: list[0]!.reason!.code,
          text: list[0]!.reason!.text,
          count: list.length,
          oldest: Math.min(...list.map((one) => one.stateSince)),
          newest: Math.max(...list.map((one) => one.stateSince)),
        }))
        .toSorted((a, b) => b.count - a.count),
    };
  };

  return {
    switches,
    effects,
    differences,
    identities,
    answer(method, [what, id = '', action, third], query, body, actor) {
      const json = (): unknown => JSON.parse(body || '{}');
      const ok = (value: unknown, status = 200) => ({ status, body: value });
      const problem = (status: number, title: string) => ({
        status,
        body: { type: 'about:blank', title, status, code: 'api-not-found', remedy: 'Look again.' },
      });
      if (what === 'switches' && method === 'GET')
        return ok({ asOf: Date.now(), switches: switches.map((one) => ({ ...one, inForce: one.from <= Date.now() })) });
      if (what === 'switches' && action === 'clear') {
        const at = switches.findIndex((one) => one.id === id);
        if (at < 0) return problem(404, 'There is no such switch.');
        switches.splice(at, 1);
        return ok({ outcome: 'cleared' });
      }
      if (what === 'switches') {
        const request = json() as SwitchRequest;
        const one: Switch = {
          ...request,
          id: `switch-${++made}`,
          actor,
          setAt: Date.now(),
          from: request.from ?? Date.now(),
          until: request.until ?? null,
        };
        switches.push(one);
        return ok(one, 201);
      }
      if (what === 'quarantine') return ok(quarantine(id, query.has('dryRun'), json() as QuarantineRequest));
      if (what === 'dead-letters') return ok(deadLetters(id, query.has('dryRun'), json() as DeadLetterRequest));
      if (what === 'identities') return identities.answer([id, action ?? '', third ?? ''], query, body, actor);
      if (what === 'differences' && id === '') {
        const asked = differences.filter(
          (one) =>
            one.messageId === (query.get('message') ?? one.messageId) &&
            one.state === (query.get('state') ?? one.state),
        );
        const open = differences.filter(({ state }) => state === 'open').length;
        const counts = { alike: 0, open, gone: 0, settled: differences.length - open };
        return ok({ asOf: Date.now(), differences: asked, counts, next: null });
      }
      if (what === 'differences' && action === 'settle') {
        const at = differences.findIndex((one) => one.id === id);
        const found = differences[at];
        if (!found) return problem(404, 'There is no such difference.');
        const { how, reason } = json() as DifferenceSettling;
        const settled = { by: actor, at: Date.now(), how, reason };
        differences[at] = { ...found, version: found.version + 1, state: 'settled', settled };
        return ok(differences[at]);
      }
      if (what === 'effects' && id === 'uncertain') return ok({ asOf: Date.now(), effects });
      if (what === 'effects' && action === 'decide') {
        const at = effects.findIndex((one) => one.key === id);
        if (at < 0) return problem(404, 'There is no such effect.');
        effects.splice(at, 1);
        return ok({ outcome: 'decided' });
      }
      if (what !== 'metrics') return undefined;
      if (id === 'series') return ok(series(empty, now));
      if (id === 'queue') return ok(queue(empty, now));
      return ok(reasons());
    },
  };
}

/** One of each kind, of what the newest messages have written. */
function differencesOf(messages: readonly MessageSummary[], now: number): Difference[] {
  const kinds = ['missing', 'duplicate', 'differs'] as const;
  const about = messages
    .filter(({ definitions, state }) => definitions.includes('discharge-follow-up') && state === 'done')
    .slice(0, kinds.length);
  return about.map((message, i) => ({
    id: `difference-${i}`,
    version: 1,
    state: 'open',
    found: kinds[i] ?? 'missing',
    endpoint: 'ehr',
    resourceType: 'Task',
    resourceId: `${4711 + i}`,
    wroteVersion: '2',
    foundVersion: kinds[i] === 'differs' ? '1' : null,
    copies: kinds[i] === 'duplicate' ? 2 : 0,
    effectKey: `${message.id}-follow-up-task`,
    messageId: message.id,
    workId: `${message.id}-w`,
    definition: message.definitions[0] ?? 'flow',
    writtenAt: now - (i + 2) * 3_600_000,
    since: now - (i + 1) * 600_000,
    checkedAt: now - 60_000,
    settled: null,
  }));
}

function series(empty: boolean, now: number): FigureSeries {
  const random = seededRandom(7);
  const until = Math.floor(now / MINUTE) * MINUTE + MINUTE;
  const since = until - 60 * MINUTE;
  const minutes = Array.from({ length: 60 }, (_, index) => {
    const received = 14 + Math.round(10 * Math.sin(index / 7)) + Math.floor(random() * 8);
    const down = index > 34 && index < 42;
    const retried = down ? 6 + Math.floor(random() * 9) : Math.floor(random() * 2);
    return {
      at: since + index * MINUTE,
      received,
      settled: down ? Math.floor(received / 3) : received + (index >= 42 && index < 48 ? 14 : 0),
      retried,
      died: index % 17 === 5 ? 1 : 0,
    };
  });
  return { asOf: Date.now(), since, until, minutes: empty ? [] : minutes };
}

function queue(empty: boolean, now: number): QueueFigures {
  const asOf = Date.now();
  if (empty) return { asOf, lanes: [], subscriptions: [] };
  return {
    asOf,
    lanes: [
      { lane: 'stat', state: 'claimed', count: 1 },
      { lane: 'urgent', state: 'waiting', count: 2 },
      { lane: 'routine', state: 'waiting', count: 41 },
      { lane: 'routine', state: 'claimed', count: 6 },
      { lane: 'routine', state: 'parked', count: 3 },
      { lane: 'routine', state: 'dead', count: 12 },
      { lane: 'bulk', state: 'waiting', count: 230 },
    ],
    subscriptions: [
      { subscription: 'critical-lab-result/results', state: 'waiting', count: 2, oldest: now - 40_000 },
      { subscription: 'discharge-follow-up/discharges', state: 'waiting', count: 271, oldest: now - 1_900_000 },
      { subscription: 'discharge-follow-up/discharges', state: 'claimed', count: 7, oldest: now - 2_000 },
      { subscription: 'discharge-follow-up/discharges', state: 'parked', count: 3, oldest: now - 7_000_000 },
      { subscription: 'critical-lab-result/results', state: 'dead', count: 12, oldest: now - 86_000_000 },
    ],
  };
}

function uncertainEffects(messages: readonly MessageSummary[], now: number): EffectRecord[] {
  return messages
    .filter((one) => one.state === 'dead')
    .slice(-3)
    .map((one, index) => ({
      key: String(index + 1)
        .repeat(64)
        .slice(0, 64),
      messageId: one.id,
      workId: `${one.id}-w`,
      name: 'follow-up-task',
      definition: one.definitions[0] ?? 'critical-lab-result',
      target: 'ehr: create Task',
      discriminator: 'obx-1',
      version: '1',
      state: 'ambiguous',
      startedAt: now - 3_600_000 + index * 60_000,
      endedAt: now - 3_590_000 + index * 60_000,
      tries: 3,
      result: null,
      summary: null,
      failure: {
        class: 'ambiguous',
        code: 'fhir-answer-lost',
        text: 'The FHIR endpoint "ehr" took a write and its answer was lost (timeout): it may have happened.',
        remedy: 'Wardflow looks the resource up by its identifier before it writes again.',
      },
    }));
}
