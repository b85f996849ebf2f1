/**
 * Why somebody was told: from the message over the decision to the version of the definition, the bundle it came in and
 * the people who approved it; and whom the ladder told, when, until somebody answered.
 */
import { actorName } from '../../../engine/index.ts';
import { SCOPE_HEADER, type ScopeOfCall } from '../../../runtime/api/contract.ts';
import type { AuditItem, AuditPart, Telling, WhyTold } from '../../api/audit-contract.ts';
import type { DefinitionDetail, EscalationView, MessageDetail } from '../../api/runtime-shapes.ts';
import { consoleErrors } from '../../errors.ts';
import type { RuntimeClient } from '../../server/proxy/runtime-client.ts';
import type { ReleaseFacts } from './release-facts.ts';

export interface WhyOptions {
  readonly client: RuntimeClient;
  readonly runtimes: readonly string[];
  readonly releases: ReleaseFacts;
  /** The message's entries, oldest first. */
  entriesOf(
    messageId: string,
  ): Promise<{ readonly entries: readonly EntryOfMessage[]; readonly parts: readonly AuditPart[] }>;
  readonly now: () => number;
}

export interface EntryOfMessage {
  readonly item: AuditItem;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface WhyCaller {
  readonly actor: string;
  /** `null`: everything. */
  readonly scope: ScopeOfCall | null;
  readonly mayAudit: boolean;
}

const WITHIN_MS = 15_000;

/** @throws `not-found`, or `runtime-unreachable` where the runtime that may have it does not answer */
export async function whyTold(options: WhyOptions, id: string, caller: WhyCaller): Promise<WhyTold> {
  const { releases, now } = options;
  const { runtime, detail } = await findMessage(options, id, caller);
  const { entries, parts } = await options.entriesOf(id);
  const { message, work, decisions, effects, escalations } = detail;
  const names = [...new Set([...decisions, ...escalations, ...work].map(({ definition }) => definition))];
  const versions = names.flatMap((name) =>
    [
      ...new Set(work.filter(({ definition }) => definition === name).map(({ pinnedVersion }) => pinnedVersion)),
    ].flatMap((version) => (version === null ? [] : [{ name, version }])),
  );
  const titles = new Map(
    await Promise.all(
      names.map(async (name) => {
        const definition = await ask<DefinitionDetail>(options, runtime, `/definitions/${name}`, caller);
        return [name, definition === 'unreachable' || definition === null ? null : definition.title] as const;
      }),
    ),
  );
  return {
    asOf: now(),
    runtime,
    message: {
      id: message.id,
      controlId: message.controlId,
      type: message.type,
      feed: message.feed,
      patientHint: message.patientHint,
      receivedAt: message.receivedAt,
    },
    definitions: await Promise.all(
      versions.map(async ({ name, version }) => ({
        name,
        version,
        title: titles.get(name) ?? null,
        // A trust store or log that cannot be read must not hide the rest.
        release: await releases.ofVersion(runtime, name, version).catch(() => 'unreadable' as const),
      })),
    ),
    decisions,
    told: escalations.map((one) => telling(one, entries)),
    effects: effects
      .filter(({ state }) => state === 'done')
      .map(({ endedAt, startedAt, definition, name, target, summary }) => ({
        at: endedAt ?? startedAt,
        definition,
        effect: name,
        target,
        summary: summary ?? '',
      })),
    entries: caller.mayAudit ? entries.map(({ item }) => item) : [],
    parts,
  };
}

function telling(escalation: EscalationView, entries: readonly EntryOfMessage[]): Telling {
  const { id, name, title, definition, ladder, ladderVersion, startedAt, state, steps, nextStep, endedAt, endedBy } =
    escalation;
  const told = new Map(
    entries
      .filter(({ item, details }) => item.type === 'escalation.step' && details['escalation'] === id)
      .map(({ item, details }) => [Number(details['step']), item.at]),
  );
  return {
    id,
    name,
    title,
    definition,
    ladder,
    ladderVersion,
    startedAt,
    state,
    // A last step that repeats counts on: each time is one of its own in the entries.
    steps: steps.map((step, n) => ({
      ...step,
      dueAt: startedAt + step.afterMs,
      told: n < nextStep,
      toldAt: told.get(n + 1) ?? null,
    })),
    ended:
      endedAt === null || endedBy === null
        ? null
        : { at: endedAt, by: actorName(endedBy.actor), via: endedBy.via, reason: endedBy.reason ?? null },
  };
}

async function findMessage(
  options: WhyOptions,
  id: string,
  caller: WhyCaller,
): Promise<{ readonly runtime: string; readonly detail: MessageDetail }> {
  const silent: string[] = [];
  for (const runtime of options.runtimes) {
    const detail = await ask<MessageDetail>(options, runtime, `/messages/${id}`, caller);
    if (detail === 'unreachable') silent.push(runtime);
    else if (detail !== null) return { runtime, detail };
  }
  const [runtime] = silent;
  throw runtime === undefined
    ? consoleErrors.create('not-found')
    : consoleErrors.create('runtime-unreachable', { runtime });
}

/** `null`: the runtime has no such thing, or not for this caller. */
async function ask<T>(
  { client }: WhyOptions,
  runtime: string,
  path: string,
  { actor, scope }: WhyCaller,
): Promise<T | 'unreachable' | null> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  const answer = await client({ runtime, method: 'GET', path, actor, signal, ...(scope && { scope }) });
  if (answer.kind === 'unreachable') return 'unreachable';
  const { response } = answer;
  // A runtime that does not say it narrowed its answer did not: shown to nobody who is limited.
  if (response.ok && (scope === null || response.headers.get(SCOPE_HEADER) === 'applied'))
    return (await response.json()) as T;
  await response.body?.cancel();
  return response.status >= 500 || response.status === 401 ? 'unreachable' : null;
}
