import {
  messageFact,
  type ClaimedWork,
  type ClinicalEvent,
  type Hl7Message,
  type MessageFact,
} from '../../engine/index.ts';
import { sha256 } from '../kit/sha256.ts';

/** OBX-11 (HL7 table 0085): C correction to a final result, D deletes, W wrong and reposted. */
const CORRECTING = new Set(['C', 'D', 'W']);

/**
 * What the gate knows the message by: its clinical event, or what the HL7 message itself is about. An event that a flow
 * made itself may lack what the gate goes by: then its id and its data have to do.
 */
export function factOf(event: unknown, message: () => Hl7Message, received: ClaimedWork['message']): MessageFact {
  if (typeof event !== 'object' || event === null)
    return received.format === 'hl7v2' ? messageFact(message(), null) : bareFact(received);
  const { id, businesskey, contenthash, statedtime, stage, correction, data } = event as Partial<ClinicalEvent>;
  return {
    businesskey: typeof businesskey === 'string' ? businesskey : sha256(`event\0${String(id)}`),
    contenthash: typeof contenthash === 'string' ? contenthash : sha256(stableJson(data ?? null)),
    ...(typeof statedtime === 'string' && { statedtime }),
    ...(typeof stage === 'number' && { stage }),
    correction: correction === true || saysCorrection(event),
  };
}

/** What is no HL7 message and has no event: what its source calls it, and its bytes. */
function bareFact({ format, feed, controlId, bytes }: ClaimedWork['message']): MessageFact {
  const contenthash = sha256(Buffer.from(bytes).toString('latin1'));
  return { businesskey: sha256(`${format}\0${feed}\0${controlId ?? contenthash}`), contenthash, correction: false };
}

function saysCorrection(event: object): boolean {
  const { name, mode, data } = event as { name?: unknown; mode?: unknown; data?: { status?: unknown } | null };
  if (mode === 'correction') return true;
  if (typeof name === 'string' && name.endsWith('.corrected')) return true;
  const status = data?.status;
  return typeof status === 'string' && CORRECTING.has(status);
}

/**
 * Milliseconds of a time as stated. One without a zone counts as if it were UTC: it is compared with other times of the
 * same sender alone.
 */
export function statedAt({ statedtime }: MessageFact): number | null {
  if (statedtime === undefined) return null;
  const hasZone = !statedtime.includes('T') || /(Z|[+-]\d\d:\d\d)$/.test(statedtime);
  const at = Date.parse(hasZone ? statedtime : `${statedtime}Z`);
  return Number.isNaN(at) ? null : at;
}

/** JSON with sorted keys: the same content gives the same text whatever order it was built in. */
function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => `${JSON.stringify(name)}:${stableJson(item)}`);
  return `{${entries.join(',')}}`;
}
