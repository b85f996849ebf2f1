/** The alerts part of the fake runtime: lists, one alert, what was held back, and people's steps. */
import type { AlertDelivery, AlertState, HeldBackAlert, MessageSummary } from '../../engine/index.ts';
import type { AlertCloseRequest, AlertDetail, AlertList, AlertView } from '../../runtime/api/task-contract.ts';

const MINUTE = 60_000;

export interface FakeAlerts {
  readonly alerts: readonly AlertView[];
  readonly heldBack: readonly HeldBackAlert[];
  /** As another person or the flow would: makes the next version. */
  change(id: string, more: Partial<AlertView>): void;
  /** `undefined`: not a path of alerts. */
  answer(
    method: string,
    parts: readonly string[],
    query: URLSearchParams,
    body: string,
    actor: string,
  ): { readonly status: number; readonly body: unknown } | undefined;
}

export interface FakeAlertsParts {
  readonly now: number;
  /** Open ones. */
  readonly count: number;
  readonly messages: readonly MessageSummary[];
  readonly publish: (change: { readonly kind: 'alert'; readonly id: string }) => void;
}

export function fakeAlerts({ now, count, messages, publish }: FakeAlertsParts): FakeAlerts {
  const alerts: AlertView[] = count === 0 ? [] : syntheticAlerts(count, messages, now);
  const heldBack = count === 0 ? [] : syntheticHeldBack(alerts, messages, now);
  const change = (id: string, more: Partial<AlertView>): AlertView | undefined => {
    const at = alerts.findIndex((one) => one.id === id);
    const found = alerts[at];
    if (!found) return undefined;
    publish({ kind: 'alert', id });
    return (alerts[at] = { ...found, ...more, version: found.version + 1 });
  };

  const step = (alert: AlertView, action: string, body: string, actor: string): { status: number; body: unknown } => {
    const at = Date.now();
    if (action === 'open')
      return { status: 200, body: alert.openedAt === null ? change(alert.id, { openedAt: at }) : alert };
    const { seen, dismissal, what } = JSON.parse(body || '{}') as AlertCloseRequest & { readonly what?: string };
    if (alert.state === 'closed' || alert.state === 'resolved' || seen < (alert.answered ?? 0))
      return problem('alert-stale', `Somebody has answered the alert since: it is ${alert.state} now.`);
    const answered = alert.version + 1;
    const acknowledged = alert.acknowledged ?? { by: actor, at };
    if (action === 'close') {
      const said = dismissal ? { reason: dismissal.reason, text: dismissal.text ?? null } : null;
      const over = { state: 'closed', ended: { by: actor, at, dismissal: said }, answered } as const;
      return { status: 200, body: change(alert.id, over) };
    }
    const acts = [...(alert.acts ?? []), { by: actor, at, what: what ?? '' }];
    const acted = action === 'act' ? { actedAt: alert.actedAt ?? at, acts } : {};
    return { status: 200, body: change(alert.id, { state: 'acknowledged', acknowledged, answered, ...acted }) };
  };

  return {
    alerts,
    heldBack,
    change: (id, more) => void change(id, more),
    answer(method, [what, id = '', action = ''], query, body, actor) {
      if (what !== 'alerts') return undefined;
      const limit = Number(query.get('limit') ?? 100);
      const ofMessage = (one: { readonly messageId: string }): boolean =>
        !query.has('message') || one.messageId === query.get('message');
      if (id === 'held-back')
        return { status: 200, body: { asOf: Date.now(), heldBack: heldBack.filter(ofMessage).slice(0, limit) } };
      if (id === '') {
        const states = query.get('state')?.split(',');
        const found = alerts.filter(ofMessage).toSorted((a, b) => b.startedAt - a.startedAt);
        const list: AlertList = {
          asOf: Date.now(),
          alerts: found.filter(({ state }) => !states || states.includes(state)).slice(0, limit),
          counts: countsOf(found),
          next: null,
          waiting: countsOf(found).open,
        };
        return { status: 200, body: list };
      }
      const alert = alerts.find((one) => one.id === id);
      if (!alert) return { ...problem('alert-unknown', 'There is no such alert.'), status: 404 };
      if (method === 'POST') return step(alert, action, body, actor);
      const detail: AlertDetail = {
        asOf: Date.now(),
        alert,
        tasks: [],
        heldBack: heldBack.filter(({ group }) => group === alert.group),
        definition: { name: alert.definition, title: 'Critical lab result' },
        patient: {
          merged: { at: alert.startedAt + 4 * MINUTE, by: 'message', messageId: alert.messageId, hint: 'O.K. …0815' },
          tasks: [
            {
              id: 'task-other',
              title: 'Book the follow-up visit',
              state: 'requested',
              priority: 'routine',
              dueAt: now + 90 * MINUTE,
              assigned: { role: 'coordinator', unit: 'Ward 4b', person: null },
            },
          ],
          more: false,
        },
      };
      return { status: 200, body: detail };
    },
  };
}

function problem(code: string, title: string): { status: number; body: unknown } {
  return { status: 409, body: { type: 'urn:x', title, status: 409, code, remedy: 'Look at it as it is now.' } };
}

const countsOf = (alerts: readonly AlertView[]): Readonly<Record<AlertState, number>> => ({
  open: 0,
  acknowledged: 0,
  closed: 0,
  resolved: 0,
  ...Object.fromEntries(
    (['open', 'acknowledged', 'closed', 'resolved'] as const).map((state) => [
      state,
      alerts.filter((one) => one.state === state).length,
    ]),
  ),
});

const TITLES = [
  'A critical potassium needs an answer within 15 minutes',
  'A critical haemoglobin needs an answer within 30 minutes',
  'A referral has waited for two days',
] as const;

function syntheticAlerts(open: number, messages: readonly MessageSummary[], now: number): AlertView[] {
  const all = open + 6;
  return Array.from({ length: all }, (_, i): AlertView => {
    const message = messages[(i * 7) % messages.length];
    const state: AlertState = i < open ? 'open' : i < open + 3 ? 'acknowledged' : i < open + 5 ? 'closed' : 'resolved';
    const startedAt = now - (i % 90) * MINUTE - 12_000 - i;
    const over = state === 'closed' || state === 'resolved';
    return {
      id: `alert-${i + 1}`,
      version: 2,
      group: `group-${i + 1}`,
      policy: 'critical-pages',
      policyVersion: 'b6c1f2d4a9'.repeat(6),
      definition: 'critical-lab-result',
      messageId: message?.id ?? '',
      message: {
        controlId: message?.controlId ?? null,
        type: message?.type ?? null,
        patientHint: message?.patientHint ?? null,
      },
      tier: i % 3 === 2 ? 'note' : 'page',
      title: TITLES[i % TITLES.length] ?? '',
      state,
      count: i % 4 === 1 ? 7 : 1,
      startedAt,
      lastAt: startedAt,
      coolUntil: startedAt + 30 * MINUTE,
      deliveries: deliveriesOf(i, startedAt),
      openedAt: state === 'open' ? null : startedAt + 20_000,
      acknowledged: state === 'open' ? null : { by: 'user:nina', at: startedAt + 45_000 },
      actedAt: over ? startedAt + 4 * MINUTE : null,
      ended: !over
        ? null
        : state === 'resolved'
          ? { by: 'flow:critical-lab-result', at: startedAt + 9 * MINUTE, dismissal: null }
          : {
              by: 'user:nina',
              at: startedAt + 9 * MINUTE,
              dismissal: i % 2 === 0 ? { reason: 'false-positive', text: null } : null,
            },
      runbook: 'Runbook',
    };
  });
}

function deliveriesOf(i: number, at: number): AlertDelivery[] {
  const to = 'ward doctor';
  const one = { to, at: at + 900, repeat: false, code: null };
  if (i % 5 === 0) return [{ ...one, channel: 'pager', state: 'sent' }];
  if (i % 5 === 1)
    return [
      { ...one, channel: 'pager', state: 'failed', code: 'channel-unsure' },
      { ...one, channel: 'mail', state: 'sent', at: at + 3100, repeat: true },
    ];
  if (i % 5 === 2) return [];
  if (i % 5 === 3) return [{ ...one, channel: 'pager', state: 'failed', code: 'channel-unreachable' }];
  return [
    { ...one, channel: 'pager', state: 'failed', code: 'channel-refused' },
    { ...one, channel: 'console', state: 'delivered', at: at + 2100 },
  ];
}

function syntheticHeldBack(
  alerts: readonly AlertView[],
  messages: readonly MessageSummary[],
  now: number,
): readonly HeldBackAlert[] {
  return Array.from({ length: 60 }, (_, i): HeldBackAlert => {
    const alert = alerts[i % alerts.length];
    const because = (['joined', 'suppressed', 'cooling-down'] as const)[i % 3] ?? 'joined';
    return {
      at: now - i * MINUTE,
      group: alert?.group ?? '',
      policy: 'critical-pages',
      definition: 'critical-lab-result',
      messageId: messages[(i * 5) % messages.length]?.id ?? '',
      tier: alert?.tier ?? 'page',
      because,
      by: because === 'suppressed' ? 'The analyser on the third floor is being mended' : (alert?.id ?? ''),
    };
  });
}
