/** ServiceRequest (orders and referrals) and MedicationRequest. */
import type { FhirResource } from '../../fhir/endpoint.ts';
import { keyTime } from '../envelope.ts';
import type { CanonicalEvent } from '../from-hl7/reading.ts';
import { shellFor, statusOf, tellChange, whom, type FhirChange } from './change.ts';
import {
  anyIdentifierOf,
  conceptIn,
  element,
  elements,
  hasCode,
  identifierOf,
  stringIn,
  timeIn,
} from './read-resource.ts';

type What = 'placed' | 'updated' | 'cancelled';

const TAKEN_BACK = new Set(['revoked', 'entered-in-error', 'cancelled', 'stopped']);
/** SNOMED CT: patient referral, evaluation procedure (as US Core has it for referrals), referral to service. */
const REFERRAL = ['3457005', '103696004', '306206005', 'referral'];

/** A draft is not asked of anybody yet. */
function whatBecame({ current, before }: FhirChange): What | null {
  const [now, then] = [statusOf(current), statusOf(before)];
  if (now === 'draft') return null;
  if (TAKEN_BACK.has(now ?? '')) return TAKEN_BACK.has(then ?? '') ? null : 'cancelled';
  return now === 'active' && (then === null || then === 'draft') ? 'placed' : 'updated';
}

export function serviceRequestEvents(change: FhirChange): CanonicalEvent[] {
  const what = whatBecame(change);
  if (what === null) return [];
  const isReferral = elements(change.current['category']).some((category) => hasCode(category, ...REFERRAL));
  return [isReferral ? referralEvent(change, what) : orderEvent(change, what, change.current['code'])];
}

export function medicationRequestEvents(change: FhirChange): CanonicalEvent[] {
  const what = whatBecame(change);
  if (what === null) return [];
  const { current } = change;
  const concept = current['medicationCodeableConcept'];
  if (what !== 'placed') return [orderEvent(change, what, concept)];
  const who = whom(change, current['subject'], current['encounter']);
  const { placer, filler } = numbersOf(current);
  const medication = conceptIn(concept);
  const [dosage] = elements(current['dosageInstruction']);
  const [dose] = elements(dosage?.['doseAndRate']);
  const quantity = element(dose?.['doseQuantity']);
  const orderedAt = timeIn(current['authoredOn']);
  const named = placer ?? filler;
  return [
    tellChange(change, who, {
      name: 'medication.ordered',
      key: [named, medication.code],
      ...(named !== null && { fact: ['order', named, medication.code] }),
      time: orderedAt,
      isShared: named !== null,
      data: {
        ...shellFor(who),
        order: { placer, filler, service: { ...medication } },
        medication,
        amount: stringIn(quantity['value']),
        unit: stringIn(quantity['unit']) ?? stringIn(quantity['code']),
        orderedAt,
      },
    }),
  ];
}

/** A server that has one number without a type has the placer's. */
export function numbersOf(request: FhirResource | undefined): { placer: string | null; filler: string | null } {
  const filler = identifierOf(request, 'FILL');
  return { placer: identifierOf(request, 'PLAC') ?? (filler === null ? anyIdentifierOf(request) : null), filler };
}

function orderEvent(change: FhirChange, what: What, code: unknown): CanonicalEvent {
  const { current } = change;
  const who = whom(change, current['subject'], current['encounter']);
  const { placer, filler } = numbersOf(current);
  const service = conceptIn(code);
  const named = placer ?? filler;
  const orderedAt = timeIn(current['authoredOn']);
  return tellChange(change, who, {
    name: `order.${what}` as const,
    key: what === 'updated' ? [named, service.code, keyTime(change.updatedAt)] : [named, service.code],
    ...(named !== null && { fact: ['order', named, service.code] }),
    correction: what !== 'placed',
    time: what === 'placed' ? orderedAt : change.updatedAt,
    // Of an update, HL7 says which (ORC-1) and FHIR does not.
    isShared: named !== null && what !== 'updated',
    data: {
      ...shellFor(who),
      order: { placer, filler, service },
      control: null,
      status: statusOf(current),
      priority: stringIn(current['priority']),
      orderedAt,
    },
  });
}

const REFERRALS = {
  placed: 'referral.received',
  updated: 'referral.updated',
  cancelled: 'referral.cancelled',
} as const;

function referralEvent(change: FhirChange, what: What): CanonicalEvent {
  const { current } = change;
  const who = whom(change, current['subject'], current['encounter']);
  const { placer, filler } = numbersOf(current);
  const number = placer ?? filler;
  const [reason] = elements(current['reasonCode']);
  return tellChange(change, who, {
    name: REFERRALS[what],
    key: what === 'updated' ? [number, keyTime(change.updatedAt)] : [number],
    ...(number !== null && { fact: ['referral', who.key, number] }),
    correction: what !== 'placed',
    time: timeIn(current['authoredOn']),
    isShared: number !== null && what !== 'updated',
    data: {
      ...shellFor(who),
      referral: {
        originating: placer,
        external: filler,
        status: { system: 'http://hl7.org/fhir/request-status', code: statusOf(current), display: null },
        priority: {
          system: 'http://hl7.org/fhir/request-priority',
          code: stringIn(current['priority']),
          display: null,
        },
        type: conceptIn(current['code']),
        reason: conceptIn(reason),
        effectiveAt: timeIn(current['occurrenceDateTime']) ?? timeIn(element(current['occurrencePeriod'])['start']),
      },
    },
  });
}
