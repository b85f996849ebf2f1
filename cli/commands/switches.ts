import type { SwitchKind, SwitchList, SwitchMode, SwitchRequest, SwitchView } from '../../runtime/api/contract.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { dateTime, json, safe } from '../terminal.ts';

export interface PauseOptions {
  readonly runtime: string;
  readonly reason: string;
  readonly refuse?: boolean;
  readonly close?: boolean;
  readonly from?: string;
  readonly until?: string;
  readonly json?: boolean;
}

/** Stops a feed, an endpoint, a definition or a lane, at once or for a window in time. */
export async function pause(io: Io, kind: SwitchKind, name: string, options: PauseOptions): Promise<void> {
  const mode: SwitchMode = options.close === true ? 'close' : options.refuse === true ? 'refuse' : 'hold';
  const now = io.now();
  const asked: SwitchRequest = {
    kind,
    name,
    mode,
    reason: options.reason,
    ...(options.from !== undefined && { from: momentOf('--from', options.from, now) }),
    ...(options.until !== undefined && { until: momentOf('--until', options.until, now) }),
  };
  const runtime = await findRuntime(io, options.runtime);
  const one = await runtime.post<SwitchView>('/switches', asked);
  if (options.json === true) io.out(json(one));
  else io.out(`${safe(switchText({ ...one, inForce: options.from === undefined || one.from <= now }))}\n`);
}

/** Ends every stop of the thing named, those still to come included. */
export async function resume(
  io: Io,
  kind: SwitchKind,
  name: string,
  options: { readonly runtime: string; readonly reason: string },
): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  const { switches } = await runtime.get<SwitchList>('/switches');
  const theirs = switches.filter((one) => one.kind === kind && one.name === name);
  if (theirs.length === 0) throw cliErrors.create('nothing-stopped', { what: `${kind} ${JSON.stringify(name)}` });
  for (const { id } of theirs)
    await runtime.post(`/switches/${encodeURIComponent(id)}/clear`, { reason: options.reason });
  io.out(`${safe(`${kind} ${name} goes on.`)}\n`);
}

const DOES: Readonly<Record<SwitchMode, string>> = { hold: 'held', refuse: 'refusing', close: 'closed' };

/** `feed hospital: held until 2026-… by user:ana: the reason`. */
export function switchText({ kind, name, mode, from, until, actor, reason, inForce }: SwitchView): string {
  const begins = inForce ? '' : ` from ${dateTime(from)}`;
  const ends = until === null ? '' : ` until ${dateTime(until)}`;
  return `${kind} ${name}: ${DOES[mode]}${begins}${ends} by ${actor}: ${reason}`;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** An ISO 8601 time, or in how long: `30m`, `2h`, `1d`. */
function momentOf(option: string, text: string, now: number): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const at = count === undefined ? Date.parse(text) : now + Number(count) * (UNITS[unit] ?? Number.NaN);
  if (Number.isFinite(at)) return at;
  throw cliErrors.create('option-invalid', {
    option,
    takes: 'a time (2026-01-31T08:00:00Z) or in how long (30m, 2h, 1d)',
  });
}
