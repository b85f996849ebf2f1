/** DocumentReference, MedicationAdministration, Immunization, ChargeItem and Task. */
import { keyTime } from '../envelope.ts';
import type { CanonicalEvent } from '../from-hl7/reading.ts';
import { resolved, shellFor, statusOf, tellChange, whom, type FhirChange } from './change.ts';
import { numbersOf } from './requests.ts';
import {
  anyIdentifierOf,
  conceptIn,
  element,
  elements,
  identifierOf,
  referenceIn,
  stringIn,
  timeIn,
} from './read-resource.ts';

const numberOf = (change: FhirChange): string | null =>
  identifierOf(change.current, 'FILL', 'PLAC') ?? anyIdentifierOf(change.current);

export function documentEvents(change: FhirChange): CanonicalEvent[] {
  const { current, before } = change;
  const [now, then] = [statusOf(current), statusOf(before)];
  if (now === 'entered-in-error' && then === now) return [];
  const [encounter] = elements(element(current['context'])['encounter']);
  const who = whom(change, current['subject'], encounter);
  const number = stringIn(element(current['masterIdentifier'])['value']) ?? anyIdentifierOf(current);
  const [related] = elements(current['relatesTo']);
  const parent = related ? resolved(change, related['target']) : undefined;
  const parentNumber =
    stringIn(element(parent?.['masterIdentifier'])['value']) ?? (parent ? anyIdentifierOf(parent) : null);
  const isNew = before === null && related === undefined && now === 'current';
  const name = now === 'entered-in-error' ? 'document.cancelled' : isNew ? 'document.available' : 'document.amended';
  const isAmended = name === 'document.amended';
  return [
    tellChange(change, who, {
      name,
      key: isAmended ? [number, parentNumber, now, keyTime(change.updatedAt)] : [number],
      ...(number !== null && { fact: ['document', who.key, number] }),
      correction: name !== 'document.available',
      time: timeIn(current['date']),
      isShared: number !== null && !isAmended,
      data: {
        ...shellFor(who),
        document: {
          number,
          parent: parentNumber,
          type: conceptIn(current['type']),
          status: stringIn(current['docStatus']) ?? now,
          originatedAt: timeIn(current['date']),
        },
      },
    }),
  ];
}

export function administrationEvents(change: FhirChange): CanonicalEvent[] {
  const { current, before } = change;
  if (statusOf(current) !== 'completed' || statusOf(before) === 'completed') return [];
  const who = whom(change, current['subject'], current['context']);
  const { placer, filler } = numbersOf(resolved(change, current['request']));
  const named = placer ?? filler;
  const medication = conceptIn(current['medicationCodeableConcept']);
  const administeredAt = timeIn(current['effectiveDateTime']) ?? timeIn(element(current['effectivePeriod'])['start']);
  const dose = element(element(current['dosage'])['dose']);
  const key = [named, medication.code, keyTime(administeredAt)] as const;
  return [
    tellChange(change, who, {
      name: 'medication.administered',
      key,
      time: administeredAt,
      isShared: named !== null && administeredAt !== null,
      data: {
        ...shellFor(who),
        order: { placer, filler, service: { ...medication } },
        medication,
        amount: stringIn(dose['value']),
        unit: stringIn(dose['unit']) ?? stringIn(dose['code']),
        administeredAt,
      },
    }),
  ];
}

export function immunizationEvents(change: FhirChange): CanonicalEvent[] {
  const { current, before } = change;
  const [now, then] = [statusOf(current), statusOf(before)];
  const name =
    now === 'completed'
      ? 'immunization.recorded'
      : now === 'entered-in-error' && before !== null
        ? 'immunization.withdrawn'
        : null;
  if (name === null || now === then) return [];
  const who = whom(change, current['patient'], current['encounter']);
  const number = numberOf(change);
  const vaccine = conceptIn(current['vaccineCode']);
  const occurredAt = timeIn(current['occurrenceDateTime']);
  const dose = element(current['doseQuantity']);
  const key = [number, vaccine.code, keyTime(occurredAt)] as const;
  return [
    tellChange(change, who, {
      name,
      key,
      fact: ['immunization', who.key, ...key],
      correction: name === 'immunization.withdrawn',
      time: occurredAt,
      isShared: number !== null && occurredAt !== null,
      data: {
        ...shellFor(who),
        number,
        vaccine,
        occurredAt,
        lot: stringIn(current['lotNumber']),
        amount: stringIn(dose['value']),
        unit: stringIn(dose['unit']) ?? stringIn(dose['code']),
      },
    }),
  ];
}

const CHARGED = new Set(['billable', 'billed']);

export function chargeEvents(change: FhirChange): CanonicalEvent[] {
  const { current, before } = change;
  if (!CHARGED.has(statusOf(current) ?? '') || CHARGED.has(statusOf(before) ?? '')) return [];
  const who = whom(change, current['subject'], current['context']);
  const number = anyIdentifierOf(current);
  const code = conceptIn(current['code']);
  const postedAt = timeIn(current['occurrenceDateTime']) ?? timeIn(current['enteredDate']);
  const key = [number, code.code, keyTime(postedAt)] as const;
  return [
    tellChange(change, who, {
      name: 'charge.posted',
      key,
      fact: ['charge', who.key, ...key],
      time: postedAt,
      isShared: number !== null,
      data: {
        ...shellFor(who),
        charge: { number, type: null, code, quantity: stringIn(element(current['quantity'])['value']), postedAt },
      },
    }),
  ];
}

const ENDED = {
  completed: 'task.completed',
  failed: 'task.failed',
  rejected: 'task.failed',
  cancelled: 'task.cancelled',
  'entered-in-error': 'task.cancelled',
} as const;

/** HL7 v2 knows no tasks: nothing is shared, and nothing can be told twice by it. */
export function taskEvents(change: FhirChange): CanonicalEvent[] {
  const { current, before, context } = change;
  const [now, then] = [statusOf(current), statusOf(before)];
  const ended = now !== null && Object.hasOwn(ENDED, now) ? ENDED[now as keyof typeof ENDED] : null;
  const name = before === null && ended === null ? 'task.created' : now === then ? null : ended;
  if (name === null) return [];
  const who = whom(change, current['for'], current['encounter']);
  const number = anyIdentifierOf(current);
  const key = number === null ? [context.source, current.id ?? null] : [number];
  return [
    tellChange(
      change,
      { key: who.key, isIdentified: true },
      {
        name,
        key,
        fact: ['task', ...key],
        correction: name !== 'task.created',
        time: timeIn(current['lastModified']) ?? timeIn(current['authoredOn']),
        isShared: true,
        data: {
          ...shellFor(who),
          task: { number, status: now, code: conceptIn(current['code']), focus: referenceIn(current['focus']) },
        },
      },
    ),
  ];
}
