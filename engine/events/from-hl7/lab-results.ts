import type { Hl7Message } from '../../hl7/message.ts';
import type { Hl7Order } from '../../hl7/orders.ts';
import type { Hl7Segment } from '../../hl7/segment.ts';
import type { Coding, EventContext, LabEventName, LabResultData, LabResultEvent } from '../clinical-event.ts';
import { envelope, patientKey, type BusinessKey, type FactParts, type StatedContext } from '../envelope.ts';
import { observationValue } from './observation-value.ts';
import {
  codings,
  NO_CODING,
  patientRef,
  sourceOf,
  sourceTrigger,
  statedIn,
  text,
  time,
  visitRef,
} from './read-parts.ts';

/** HL7 tables 0085 (OBX-11) and 0123 (OBR-25). What is not here (ordered, pending, not obtainable) is no result. */
const FACT_OF_STATUS: Readonly<Record<string, LabEventName>> = {
  P: 'lab.result.preliminary',
  R: 'lab.result.preliminary',
  S: 'lab.result.preliminary',
  A: 'lab.result.preliminary',
  F: 'lab.result.final',
  U: 'lab.result.final',
  V: 'lab.result.final',
  C: 'lab.result.corrected',
  D: 'lab.result.corrected',
  W: 'lab.result.corrected',
};

/** Deleted and wrong: the result is taken back, so that however critical it was, nobody is to act on it. */
const TAKEN_BACK = new Set(['D', 'W']);
const CRITICAL = new Set(['LL', 'HH', 'AA']);

/** One event for each OBX of an ORU^R01, and `lab.result.critical` beside it where OBX-8 says so. */
export function labResults(message: Hl7Message, given: EventContext): LabResultEvent[] {
  const context: StatedContext = { ...given, statedAt: statedIn(message, given.zone) };
  const source = sourceOf(message);
  const seen = new Map<string, number>();
  const events: LabResultEvent[] = [];
  for (const order of message.orders()) {
    const shell = orderData(message, order);
    const patient = patientKey(shell.patient, context);
    for (const { obx } of order.observations) {
      const data = { ...shell, ...resultData(order, obx, context) };
      const shared = businessKey(message, data, patient);
      const fact = factOf(message, data, order, obx, patient);
      for (const name of factsOf(data)) {
        // Senders repeat code and sub-id within an order; each is still a fact of its own.
        const same = JSON.stringify([name, ...shared]);
        const nth = (seen.get(same) ?? 0) + 1;
        seen.set(same, nth);
        const key = nth === 1 ? shared : [...shared, nth];
        // That a result is critical is a fact beside the result: one may come up, or be taken back, without the other.
        const kind = name === 'lab.result.critical' ? name : 'lab.result';
        const told = { ...fact, key: [kind, ...fact.key] };
        events.push(envelope({ name, source, key, fact: told, time: data.observedAt, patient, data }, context));
      }
    }
  }
  return events;
}

function factsOf(data: LabResultData): LabEventName[] {
  const status = data.status ?? '';
  const fact = FACT_OF_STATUS[status];
  const names: LabEventName[] = fact ? [fact] : [];
  // A critical value without a known status is still told: silence is the worse mistake.
  const told = fact !== undefined || status === '';
  if (told && !TAKEN_BACK.has(status) && data.flags.some((flag) => CRITICAL.has(flag)))
    names.push('lab.result.critical');
  return names;
}

/** Without an order number, nothing but the message itself tells one result from another of the same time. */
function businessKey(message: Hl7Message, data: LabResultData, patient: string): BusinessKey {
  const { order, code, subId, status, observedAt } = data;
  const named = order.filler ?? order.placer;
  const fallback = named === null ? [sourceOf(message), message.controlId] : [];
  return [patient, named, order.service.code, code, subId, status, observedAt, ...fallback];
}

const PRELIMINARY = 1;
const FINAL = 2;

/**
 * Order, code and sub-id name a result through its life; its status and its time may change on the way. An order says by
 * OBR-25 that there are corrections among its results: those that say the same as before are none.
 */
function factOf(
  message: Hl7Message,
  data: LabResultData,
  { request }: Hl7Order,
  obx: Hl7Segment,
  patient: string,
): FactParts {
  const { order, code, subId, status, observedAt, unit, referenceRange, flags } = data;
  const named = order.filler ?? order.placer;
  const fallback = named === null ? [observedAt, sourceOf(message), message.controlId] : [];
  const fact = FACT_OF_STATUS[status ?? ''];
  return {
    key: [patient, named, order.service.code, code, subId, ...fallback],
    content: [obx.raw('5'), unit, referenceRange, flags.join('~'), status, observedAt],
    stage: fact === undefined ? null : fact === 'lab.result.preliminary' ? PRELIMINARY : FINAL,
    correction: fact === 'lab.result.corrected' || text(request, '25') === 'C',
  };
}

type OrderData = Pick<LabResultData, 'sourceTrigger' | 'patient' | 'visit' | 'order'>;

/** What all results of an order share. */
function orderData(message: Hl7Message, { request, common, patient, visit }: Hl7Order): OrderData {
  return {
    sourceTrigger: sourceTrigger(message),
    patient: patientRef(patient),
    visit: visitRef(visit),
    order: {
      placer: text(request, '2') ?? text(common, '2'),
      filler: text(request, '3') ?? text(common, '3'),
      service: preferred(codings(request, 4)),
    },
  };
}

function resultData(
  { request }: Hl7Order,
  obx: Hl7Segment,
  context: EventContext,
): Omit<LabResultData, keyof OrderData> {
  const observed = codings(obx, 3);
  const code = preferred(observed);
  const { value, valueText } = observationValue(obx);
  return {
    code: code.code,
    codeSystem: code.system,
    display: code.display ?? observed.find(({ display }) => display !== null)?.display ?? null,
    value,
    valueText,
    unit: text(obx, '6'),
    referenceRange: text(obx, '7'),
    flags: flagsOf(obx),
    status: text(obx, '11') ?? text(request, '25'),
    observedAt: time(obx, '14', context.zone) ?? time(request, '7', context.zone),
    subId: text(obx, '4'),
  };
}

function preferred(found: readonly Coding[]): Coding {
  return found.find(({ system }) => system === 'http://loinc.org') ?? found[0] ?? NO_CODING;
}

function flagsOf(obx: Hl7Segment): string[] {
  const flags = obx.getAll('8').map((flag) => flag.trim());
  return flags.filter((flag) => flag !== '' && flag !== '""').slice(0, 20);
}
