import type { Hl7Message } from '../../hl7/message.ts';
import type { Hl7Order } from '../../hl7/orders.ts';
import type { Hl7Segment } from '../../hl7/segment.ts';
import type { Coding, EventContext, LabEventName, LabResultData, LabResultEvent } from '../clinical-event.ts';
import { envelope, keyTime, patientKey, type BusinessKey, type FactParts, type StatedContext } from '../envelope.ts';
import { observationValue } from './observation-value.ts';
import {
  codings,
  cut,
  NO_CODING,
  patientRef,
  sourceOf,
  sourceTrigger,
  statedIn,
  text,
  time,
  visitRef,
} from './read-parts.ts';

/** HL7 tables 0085 (OBX-11) and 0123 (OBR-25). */
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
/** Ordered, scheduled, pending: there is no result, as long as nothing is stated with it. */
const NO_RESULT = new Set(['I', 'N', 'O']);
/** There is none to be had: what was stated before, if anything, does not hold any more. */
const NOT_TO_BE_HAD = 'X';

/**
 * One event for each OBX of an ORU^R01, wherever in the message it stands, and `lab.result.critical` beside it where
 * OBX-8 says so. Only an OBX that states no result yet, and neither value nor flag, has none. One that says that there is
 * no result to be had (OBX-11 X) corrects what may have been told before: a gate finds out whether anything was.
 */
export function labResults(message: Hl7Message, given: EventContext): LabResultEvent[] {
  const context: StatedContext = { ...given, statedAt: statedIn(message, given.zone) };
  const source = sourceOf(message);
  const origin: Origin = [source, text(message.segment('MSH'), '10') ?? ''];
  const trigger = sourceTrigger(message);
  const patients = remembered((pid?: Hl7Segment) => {
    const told = patientRef(pid);
    return { told, key: patientKey(told, context) };
  });
  const visits = remembered(visitRef);
  const seen = new Map<string, number>();
  const events: LabResultEvent[] = [];
  for (const order of message.orders()) {
    const { told, key: patient } = patients(order.patient);
    const shell = { sourceTrigger: trigger, patient: told, visit: visits(order.visit), order: orderRef(order) };
    for (const { obx } of [...order.observations, ...order.specimenObservations]) {
      const data = { ...shell, ...resultData(order, obx, context) };
      const shared = businessKey(origin, data, patient);
      const names = factsOf(data, obx);
      const fact = factOf(origin, data, order, obx, patient, names[0]);
      for (const name of names) {
        // Senders repeat code and sub-id within an order; each is still a fact of its own.
        const same = JSON.stringify([name, ...shared]);
        const nth = (seen.get(same) ?? 0) + 1;
        seen.set(same, nth);
        const key = nth === 1 ? shared : [...shared, nth];
        // That a result is critical is a fact beside the result: one may come up, or be taken back, without the other.
        const kind = name === 'lab.result.critical' ? name : 'lab.result';
        const told = { ...fact, key: [kind, ...fact.key] };
        events.push(
          envelope({ name, source, key, fact: told, time: data.observedAt, patient, data: copied(data) }, context),
        );
      }
    }
  }
  return events;
}

function factsOf(data: LabResultData, obx: Hl7Segment): LabEventName[] {
  const status = data.status ?? '';
  const { flags } = data;
  // Whoever states a value or a flag states a result, whatever the status: silence is the worse mistake.
  const statesNothing = flags.length === 0 && !statesValue(obx);
  if (statesNothing && NO_RESULT.has(status)) return [];
  if (statesNothing && status === NOT_TO_BE_HAD) return ['lab.result.corrected'];
  const names: LabEventName[] = [FACT_OF_STATUS[status] ?? 'lab.result.unverified'];
  if (!TAKEN_BACK.has(status) && flags.some((flag) => CRITICAL.has(flag))) names.push('lab.result.critical');
  return names;
}

/** A document counts, whose text no event carries; blanks, separators and HL7 null do not. */
function statesValue(obx: Hl7Segment): boolean {
  const { component, repetition, subcomponent } = obx.source.delimiters;
  const nothing = new Set([component, repetition, subcomponent, '"', ' ']);
  for (const character of obx.raw('5')) if (!nothing.has(character)) return true;
  return false;
}

/** Each event is its own: what a flow writes into one must not show in another. */
function copied(data: LabResultData): LabResultData {
  const { sourceTrigger: trigger, patient, visit, order, flags } = data;
  return {
    ...data,
    sourceTrigger: { ...trigger },
    patient: {
      ...patient,
      identifier: patient.identifier && { ...patient.identifier },
      identifiers: patient.identifiers.map((one) => ({ ...one })),
    },
    visit: { ...visit },
    order: { ...order, service: { ...order.service } },
    flags: [...flags],
  };
}

/** Sender and control id, for what has no name but its message's. */
type Origin = readonly [source: string, controlId: string];

/** Without an order number, nothing but the message itself tells one result from another of the same time. */
function businessKey(origin: Origin, data: LabResultData, patient: string): BusinessKey {
  const { order, code, subId, status, observedAt } = data;
  const named = order.filler ?? order.placer;
  const fallback = named === null ? origin : [];
  return [patient, named, order.service.code, code, subId, status, keyTime(observedAt), ...fallback];
}

const PRELIMINARY = 1;
const FINAL = 2;

/**
 * Order, code and sub-id name a result through its life; its status and its time may change on the way. An order says by
 * OBR-25 that there are corrections among its results: those that say the same as before are none.
 */
function factOf(
  origin: Origin,
  data: LabResultData,
  { request }: Hl7Order,
  obx: Hl7Segment,
  patient: string,
  fact: LabEventName | undefined,
): FactParts {
  const { order, code, subId, status, observedAt, unit, referenceRange, flags } = data;
  const named = order.filler ?? order.placer;
  const fallback = named === null ? [observedAt, ...origin] : [];
  return {
    key: [patient, named, order.service.code, code, subId, ...fallback],
    content: [obx.raw('5'), unit, referenceRange, flags.join('~'), status, observedAt],
    stage: stageOf(fact),
    correction: fact === 'lab.result.corrected' || text(request, '25') === 'C',
  };
}

function stageOf(fact: LabEventName | undefined): number | null {
  if (fact === undefined || fact === 'lab.result.unverified') return null;
  return fact === 'lab.result.preliminary' ? PRELIMINARY : FINAL;
}

/** What all results of an order share. */
type OrderData = Pick<LabResultData, 'sourceTrigger' | 'patient' | 'visit' | 'order'>;

function orderRef({ request, common }: Hl7Order): LabResultData['order'] {
  return {
    placer: text(request, '2') ?? text(common, '2'),
    filler: text(request, '3') ?? text(common, '3'),
    service: preferred(codings(request, 4)),
  };
}

/** Thousands of orders may stand under one patient: the segment is read once. */
function remembered<T>(read: (segment?: Hl7Segment) => T): (segment: Hl7Segment | undefined) => T {
  let last: { readonly segment: Hl7Segment | undefined; readonly value: T } | undefined;
  return (segment) => {
    if (!last || last.segment !== segment) last = { segment, value: read(segment) };
    return last.value;
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

const MOST_FLAGS = 100;

/** Some senders write the codes of table 0078 in small letters: those that may cost a life are not missed for it. */
function flagsOf(obx: Hl7Segment): string[] {
  const flags = new Set(obx.getAll('8', MOST_FLAGS).map((flag) => cut(flag.trim())));
  return [...flags]
    .filter((flag) => flag !== '' && flag !== '""')
    .map((flag) => (CRITICAL.has(flag.toUpperCase()) ? flag.toUpperCase() : flag));
}
