import type { Hl7Message } from '../hl7/message.ts';
import type { SearchKey, SearchKeyKind } from '../store/contract/index.ts';
import type { Addressing } from './filter.ts';

/** What a message is found and shown by, beside its bytes. */
export interface Description {
  readonly controlId: string | null;
  readonly type: string | null;
  readonly sender: string | null;
  readonly messageTime: string | null;
  readonly keys: readonly SearchKey[];
  readonly patientHint: string | null;
}

/** A hostile message may repeat identifiers without end; nobody searches by the hundredth, nor by a novel. */
const MOST_KEYS = 100;
const LONGEST = 200;

export function describe(message: Hl7Message): Description {
  const application = message.get('MSH-3.1');
  const facility = message.get('MSH-4.1');
  return {
    controlId: short(message.get('MSH-10')),
    type: short(message.type),
    sender: application === '' && facility === '' ? null : short(`${application}|${facility}`),
    messageTime: short(message.get('MSH-7.1')),
    keys: searchKeys(message),
    patientHint: patientHint(message),
  };
}

export function addressing(message: Hl7Message): Addressing {
  return {
    code: message.get('MSH-9.1'),
    trigger: message.get('MSH-9.2'),
    application: message.get('MSH-3.1'),
    facility: message.get('MSH-4.1'),
  };
}

const KEYED: Readonly<Record<string, readonly (readonly [SearchKeyKind, string])[]>> = {
  PID: [['patient', '3.1']],
  ORC: [
    ['order', '2.1'],
    ['order', '3.1'],
  ],
  OBR: [
    ['order', '2.1'],
    ['order', '3.1'],
  ],
  PV1: [['visit', '19.1']],
};

function searchKeys(message: Hl7Message): SearchKey[] {
  const keys = new Map<string, SearchKey>();
  for (const segment of message.segments()) {
    for (const [kind, path] of KEYED[segment.name] ?? []) {
      for (const stated of segment.getAll(path, MOST_KEYS)) {
        if (keys.size >= MOST_KEYS) return [...keys.values()];
        const value = short(stated.trim());
        if (value !== null && value !== '""') keys.set(`${kind} ${value}`, { kind, value });
      }
    }
  }
  return [...keys.values()];
}

/** Initials (given, family) and the end of the identifier, never more than half of it: `J.D. …4711`. */
function patientHint(message: Hl7Message): string | null {
  const initials = [message.get('PID-5.2'), message.get('PID-5.1')]
    .map((name) => /\p{L}/u.exec(name)?.[0]?.toUpperCase())
    .filter((letter) => letter !== undefined)
    .map((letter) => `${letter}.`)
    .join('');
  const identifier = message.get('PID-3.1').trim();
  const shown = Math.min(4, Math.floor(identifier.length / 2));
  const end = shown > 0 ? `…${identifier.slice(-shown).toWellFormed()}` : '';
  return [initials, end].filter((part) => part !== '').join(' ') || null;
}

function short(value: string): string | null {
  return value === '' ? null : value.slice(0, LONGEST);
}
