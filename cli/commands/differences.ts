import { DIFFERENCE_STATES, type Difference } from '../../engine/index.ts';
import type { DifferenceList, DifferenceSettling } from '../../runtime/api/contract.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { columns, dateTime, json, jsonLine, safe } from '../terminal.ts';

interface Common {
  readonly runtime: string;
  readonly json?: boolean;
}

export interface DifferenceListOptions extends Common {
  readonly limit: string;
  readonly state: string;
  readonly endpoint?: string;
  readonly definition?: string;
  readonly message?: string;
}

export interface SettleOptions extends Common {
  readonly as: string;
  readonly reason: string;
}

/** The API's own limit. */
const MOST = 1_000;
const HOW: readonly DifferenceSettling['how'][] = ['accepted', 'mended', 'again'];

export async function listDifferences(io: Io, options: DifferenceListOptions): Promise<void> {
  const { state, endpoint, definition, message } = options;
  const limit = /^\d{1,4}$/.test(options.limit) ? Number(options.limit) : 0;
  if (limit < 1 || limit > MOST) throw cliErrors.create('option-invalid', { option: '--limit', takes: `1 to ${MOST}` });
  if (state.split(',').some((one) => !(DIFFERENCE_STATES as readonly string[]).includes(one)))
    throw cliErrors.create('option-invalid', { option: '--state', takes: DIFFERENCE_STATES.join(', ') });
  const runtime = await findRuntime(io, options.runtime);
  const query = { limit, state, endpoint, definition, message };
  const { differences } = await runtime.get<DifferenceList>('/differences', query);
  if (options.json === true) io.out(json(differences));
  else if (differences.length === 0) io.out('No differences.\n');
  else
    io.out(
      columns([
        ['id', 'since', 'state', 'found', 'at', 'resource', 'written', 'definition', 'message'],
        ...differences.map((one) => [
          one.id,
          dateTime(one.since),
          one.state,
          foundText(one),
          one.endpoint,
          one.resourceId === null ? one.resourceType : `${one.resourceType}/${one.resourceId}`,
          dateTime(one.writtenAt),
          one.definition,
          one.messageId,
        ]),
      ]),
    );
}

/** As it is at this moment: whoever types an id has no older one before them. */
export async function settleDifference(io: Io, id: string, options: SettleOptions): Promise<void> {
  const how = HOW.find((one) => one === options.as);
  if (how === undefined) throw cliErrors.create('option-invalid', { option: '--as', takes: HOW.join(', ') });
  const runtime = await findRuntime(io, options.runtime);
  const { differences } = await runtime.get<DifferenceList>('/differences', { state: 'open', limit: MOST });
  const found = differences.find((one) => one.id === id);
  if (!found) throw cliErrors.create('difference-not-open-here', { id });
  const settling: DifferenceSettling = { seen: found.since, how, reason: options.reason };
  const now = await runtime.post<Difference>(`/differences/${encodeURIComponent(id)}/settle`, settling);
  io.out(options.json === true ? jsonLine(now) : `${safe(`${now.id}: ${now.state} as ${how}`)}\n`);
}

function foundText({ found, copies, wroteVersion, foundVersion }: Difference): string {
  if (found === 'duplicate') return `${copies ?? 'several'} of it`;
  if (found === 'differs' || found === 'changed')
    return `${found}, version ${foundVersion ?? '?'} after ${wroteVersion ?? '?'}`;
  return found;
}
