import { ALERT_DISMISSALS, ALERT_STATES, isOver, type HeldBackAlert } from '../../engine/index.ts';
import type {
  AlertCloseRequest,
  AlertDetail,
  AlertList,
  AlertView,
  HeldBackList,
} from '../../runtime/api/task-contract.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { columns, dateTime, json, jsonLine, safe } from '../terminal.ts';
import { timeOf } from './messages.ts';
import { claimTasks } from './tasks.ts';

interface Common {
  readonly runtime: string;
  readonly json?: boolean;
}

export interface AlertListOptions extends Common {
  readonly limit: string;
  readonly state?: string;
  readonly since?: string;
  readonly heldBack?: boolean;
}

/** The API's own limit. */
const MOST = 1_000;

/** Those that wait for somebody, unless states are asked for; newest first. */
export async function listAlerts(io: Io, options: AlertListOptions): Promise<void> {
  const limit = /^\d{1,4}$/.test(options.limit) ? Number(options.limit) : 0;
  if (limit < 1 || limit > MOST) throw cliErrors.create('option-invalid', { option: '--limit', takes: `1 to ${MOST}` });
  const states = options.state?.split(',') ?? ['open', 'acknowledged'];
  if (states.some((state) => !(ALERT_STATES as readonly string[]).includes(state)))
    throw cliErrors.create('option-invalid', { option: '--state', takes: ALERT_STATES.join(', ') });
  const since = options.since === undefined ? undefined : timeOf(options.since, io.now());
  const runtime = await findRuntime(io, options.runtime);
  if (options.heldBack === true) {
    const { heldBack } = await runtime.get<HeldBackList>('/alerts/held-back', { limit, since });
    if (options.json === true) io.out(json(heldBack));
    else io.out(heldBack.length === 0 ? 'Nothing was held back.\n' : heldBackText(heldBack));
    return;
  }
  const { alerts } = await runtime.get<AlertList>('/alerts', { limit, since, state: states.join(',') });
  if (options.json === true) io.out(json(alerts));
  else if (alerts.length === 0) io.out('No alerts.\n');
  else
    io.out(
      columns([
        ['id', 'started', 'state', 'tier', 'times', 'told', 'title'],
        ...alerts.map((one) => [
          one.id,
          dateTime(one.startedAt),
          stateOf(one),
          one.tier,
          String(one.count),
          toldBy(one) ?? 'nobody yet',
          one.title,
        ]),
      ]),
    );
}

export async function showAlert(io: Io, id: string, options: Common): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  const detail = await runtime.get<AlertDetail>(`/alerts/${encodeURIComponent(id)}`);
  io.out(options.json === true ? json(detail) : detailText(detail));
}

/** As it is at this moment: whoever types an id has no older version before them. */
export async function acknowledgeAlerts(io: Io, ids: readonly string[], options: Common): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  for (const id of ids) {
    // Whoever takes a task over has answered its ladder and its alert.
    if (id.startsWith('Task/')) {
      await claimTasks(io, [id], options);
      continue;
    }
    const path = `/alerts/${encodeURIComponent(id)}`;
    const { alert } = await runtime.get<AlertDetail>(path);
    tell(io, options, await runtime.post<AlertView>(`${path}/acknowledge`, { seen: alert.version }));
  }
}

export interface AlertCloseOptions extends Common {
  readonly dismiss?: string;
  readonly text?: string;
}

export async function closeAlerts(io: Io, ids: readonly string[], options: AlertCloseOptions): Promise<void> {
  const reason = ALERT_DISMISSALS.find((one) => one === options.dismiss);
  if (options.dismiss !== undefined && reason === undefined)
    throw cliErrors.create('option-invalid', { option: '--dismiss', takes: ALERT_DISMISSALS.join(', ') });
  if (options.text !== undefined && reason === undefined)
    throw cliErrors.create('option-invalid', { option: '--text', takes: 'words beside --dismiss' });
  const dismissal = reason && { reason, ...(options.text !== undefined && { text: options.text }) };
  const runtime = await findRuntime(io, options.runtime);
  for (const id of ids) {
    const path = `/alerts/${encodeURIComponent(id)}`;
    const { alert } = await runtime.get<AlertDetail>(path);
    const close: AlertCloseRequest = { seen: alert.version, ...(dismissal && { dismissal }) };
    tell(io, options, await runtime.post<AlertView>(`${path}/close`, close));
  }
}

function tell(io: Io, options: Common, alert: AlertView): void {
  io.out(options.json === true ? jsonLine(alert) : `${safe(`${alert.id}: ${stateOf(alert)}`)}\n`);
}

function stateOf({ state, acknowledged, ended }: AlertView): string {
  const by = isOver(state) ? ended?.by : acknowledged?.by;
  return by === undefined ? state : `${state} by ${by}`;
}

/** The first channel that took it. */
function toldBy({ deliveries }: AlertView): string | null {
  const told = deliveries.find(({ state }) => state !== 'failed');
  return told ? `${told.to} by ${told.channel}` : null;
}

function detailText({ alert, heldBack, definition }: AlertDetail): string {
  const { ended } = alert;
  const facts: readonly (readonly [string, string | null])[] = [
    ['title', alert.title],
    ['state', stateOf(alert)],
    ['tier', `${alert.tier} (policy ${alert.policy})`],
    ['definition', definition.title],
    ['message', alert.messageId],
    ['occurrences', String(alert.count)],
    ['started', dateTime(alert.startedAt)],
    ['opened', dateTime(alert.openedAt)],
    ['acknowledged', dateTime(alert.acknowledged?.at ?? null)],
    ['acted', dateTime(alert.actedAt)],
    ['ended', dateTime(ended?.at ?? null)],
    ...(ended?.dismissal
      ? [['dismissed', [ended.dismissal.reason, ended.dismissal.text].filter(Boolean).join(': ')] as const]
      : []),
    ['runbook', alert.runbook],
  ];
  const tellings = alert.deliveries.map(({ at, to, channel, state, repeat, code }) => [
    dateTime(at),
    to,
    channel,
    `${code ?? state}${repeat ? ', a repeat' : ''}`,
  ]);
  return [
    columns(facts),
    tellings.length === 0 ? '\nNobody has been told yet.\n' : `\nTold:\n${columns(tellings)}`,
    heldBack.length === 0 ? '' : `\nHeld back:\n${heldBackText(heldBack)}`,
  ].join('');
}

const heldBackText = (heldBack: readonly HeldBackAlert[]): string =>
  columns(heldBack.map(({ at, tier, because, by, messageId }) => [dateTime(at), tier, because, messageId, by]));
