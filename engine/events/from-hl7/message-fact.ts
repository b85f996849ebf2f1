import type { Hl7Message } from '../../hl7/message.ts';
import { hash, type BusinessKey } from '../envelope.ts';
import { dischargeKey } from './discharge.ts';
import { patientRef, sourceOf, statedIn, text, visitRef } from './read-parts.ts';

/** What a gate knows a message without clinical events by; the names and meanings are those of `ClinicalEvent`. */
export interface MessageFact {
  readonly businesskey: string;
  readonly contenthash: string;
  readonly statedtime?: string;
  readonly stage?: number;
  readonly correction: boolean;
}

interface Named {
  readonly key: BusinessKey;
  readonly stage?: number;
  readonly correction?: boolean;
}

/** ORC-1 (HL7 table 0119): changed, replaced, held, released, cancelled, discontinued, in all their directions. */
const ORDER_CHANGES = new Set('XO XX XR RP RO RQ RU CA OC CR DC OD DR HD OH HR RL OE OR SC SR'.split(' '));
const ORDERS = new Set(['ORM', 'OML', 'OMG', 'OMI', 'OMP', 'OMN', 'OMD', 'OMS', 'RDE']);
/** ADT triggers about the stay itself: planned, begun, changed, called off. */
const STAY: Readonly<Record<string, Pick<Named, 'stage' | 'correction'>>> = {
  A05: { stage: 1 },
  A14: { stage: 1 },
  A01: { stage: 2 },
  A04: { stage: 2 },
  A08: { correction: true },
  A11: { correction: true },
  A27: { correction: true },
  A38: { correction: true },
};
const PERSON: Readonly<Record<string, Pick<Named, 'correction'>>> = {
  A28: {},
  A31: { correction: true },
  A29: { correction: true },
};

/**
 * The fact behind a message that states no canonical event yet: a stay (ADT A01, A04, A05 and what changes them), a
 * person, an order, an appointment. What nothing names is known by its control id alone. Never throws.
 */
export function messageFact(message: Hl7Message, zone: string | null): MessageFact {
  const named = nameOf(message) ?? { key: ['message', sourceOf(message), message.controlId] };
  const statedtime = statedIn(message, zone);
  return {
    businesskey: hash(named.key),
    contenthash: hash([contentOf(message)]),
    ...(statedtime !== null && { statedtime }),
    ...(named.stage !== undefined && { stage: named.stage }),
    correction: named.correction === true,
  };
}

function nameOf(message: Hl7Message): Named | undefined {
  const [code, trigger] = [message.get('MSH-9.1').trim(), message.get('MSH-9.2').trim()];
  if (code === 'ADT') return ofPatient(message, trigger);
  if (ORDERS.has(code)) return ofOrders(message);
  if (code === 'SIU') return ofAppointment(message, trigger);
  return undefined;
}

function ofPatient(message: Hl7Message, trigger: string): Named | undefined {
  const patient = patientRef(message.segment('PID'));
  if (!patient.identifier) return undefined;
  const subject = hash([patient.identifier.authority, patient.identifier.value]);
  const person = PERSON[trigger];
  if (person) return { key: ['patient.registered', subject], ...person };
  const visit = visitRef(message.segment('PV1')).number;
  if (visit === null) return undefined;
  if (trigger === 'A13') return { key: dischargeKey(subject, visit), correction: true };
  const stay = STAY[trigger];
  return stay && { key: ['encounter.registered', subject, visit], ...stay };
}

function ofOrders(message: Hl7Message): Named | undefined {
  const numbers: string[] = [];
  let isChange = false;
  for (const orc of message.segments('ORC')) {
    const number = text(orc, '2') ?? text(orc, '3');
    if (number === null || numbers.length === 100) return undefined;
    numbers.push(number);
    isChange ||= ORDER_CHANGES.has(text(orc, '1') ?? '');
  }
  return numbers.length === 0 ? undefined : { key: ['order', ...numbers.toSorted()], correction: isChange };
}

/** SIU S12 books; all other triggers are about an appointment that was booked. */
function ofAppointment(message: Hl7Message, trigger: string): Named | undefined {
  const sch = message.segment('SCH');
  const number = text(sch, '2') ?? text(sch, '1');
  return number === null ? undefined : { key: ['appointment', number], correction: trigger !== 'S12' };
}

/** All but what tells one sending from another: the header, and the trigger's own segment. */
function contentOf(message: Hl7Message): string {
  return message
    .toString()
    .split(/[\r\n]+/)
    .filter((line) => !line.startsWith('MSH') && !line.startsWith('EVN'))
    .join('\r');
}
