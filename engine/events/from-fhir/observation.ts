/** Observation and DiagnosticReport: results. */
import type { FhirResource } from '../../fhir/endpoint.ts';
import type { LabEventName } from '../clinical-event.ts';
import { keyTime } from '../envelope.ts';
import type { CanonicalEvent } from '../from-hl7/reading.ts';
import { resolved, shellFor, statusOf, tellChange, whom, type FhirChange } from './change.ts';
import { conceptIn, element, elements, hasCode, identifierOf, isSame, stringIn, timeIn } from './read-resource.ts';

interface Status {
  readonly name: LabEventName;
  /** HL7 table 0085. */
  readonly code: string;
  readonly stage: 1 | 2 | null;
}

const STATUS: Readonly<Record<string, Status>> = {
  preliminary: { name: 'lab.result.preliminary', code: 'P', stage: 1 },
  final: { name: 'lab.result.final', code: 'F', stage: 2 },
  corrected: { name: 'lab.result.corrected', code: 'C', stage: 2 },
  amended: { name: 'lab.result.corrected', code: 'C', stage: 2 },
  cancelled: { name: 'lab.result.corrected', code: 'X', stage: 2 },
  'entered-in-error': { name: 'lab.result.corrected', code: 'W', stage: 2 },
};
const UNVERIFIED: Status = { name: 'lab.result.unverified', code: '', stage: null };
const TAKEN_BACK = new Set(['cancelled', 'entered-in-error']);
const CRITICAL = ['LL', 'HH', 'AA'];
/** What is measured or asked at the bedside is no result of a laboratory. */
const NO_RESULT = ['vital-signs', 'social-history', 'survey', 'activity', 'exam', 'therapy', 'procedure'];
/** Whatever else a server touches, a result that says the same is told once. */
const SAID = [
  'status',
  'code',
  'interpretation',
  'referenceRange',
  'effectiveDateTime',
  'component',
  'dataAbsentReason',
];

/** The results of a report that the caller has read; each is told as its Observation itself would be. */
export function reportEvents(change: FhirChange): CanonicalEvent[] {
  const { current, context } = change;
  const before = new Set(change.before === null ? [] : results(change.before));
  return results(current).flatMap((reference) => {
    const observation = context.resolve(reference);
    // One that was there before tells of itself when it changes.
    if (!observation || (before.has(reference) && statusOf(current) === statusOf(change.before))) return [];
    return observationEvents({ ...change, current: observation, before: null }, current);
  });
}

const results = (report: FhirResource): string[] =>
  elements(report['result']).flatMap(({ reference }) => stringIn(reference) ?? []);

export function observationEvents(change: FhirChange, report?: FhirResource): CanonicalEvent[] {
  const { current, before } = change;
  if (elements(current['category']).some((category) => hasCode(category, ...NO_RESULT))) return [];
  const values = Object.keys(current).filter((name) => name.startsWith('value'));
  const said = [...SAID, ...values];
  if (before !== null && said.every((name) => isSame(current[name], before[name]))) return [];
  const status = statusOf(current) ?? '';
  const { value, valueText, unit } = valueOf(current);
  const statesNothing = valueText === '' && elements(current['interpretation']).length === 0;
  if (status === 'registered' && statesNothing) return [];
  const { name, code, stage } = STATUS[status] ?? UNVERIFIED;
  const flags = elements(current['interpretation']).flatMap((one) => conceptIn(one).code ?? []);
  const isCritical = !TAKEN_BACK.has(status) && flags.some((flag) => CRITICAL.includes(flag));
  const who = whom(change, current['subject'], current['encounter']);
  const order = orderOf(change, report);
  const observed = conceptIn(current['code']);
  const observedAt =
    timeIn(current['effectiveDateTime']) ??
    timeIn(element(current['effectivePeriod'])['start']) ??
    timeIn(current['effectiveInstant']);
  const named = order.filler ?? order.placer;
  const [range] = elements(current['referenceRange']);
  const { derivedFrom: _derived, ...shell } = shellFor(who);
  const data = {
    ...shell,
    code: observed.code,
    codeSystem: observed.system,
    display: observed.display,
    value,
    valueText,
    unit,
    referenceRange: rangeOf(range),
    flags,
    status: code === '' ? null : code,
    observedAt,
    order,
    subId: null,
  };
  return [name, ...(isCritical ? (['lab.result.critical'] as const) : [])].map((one) =>
    tellChange(change, who, {
      name: one,
      key: [named, order.service.code, observed.code, null, data.status, keyTime(observedAt)],
      ...(named !== null && {
        fact: [
          one === 'lab.result.critical' ? one : 'lab.result',
          who.key,
          named,
          order.service.code,
          observed.code,
          null,
        ],
      }),
      ...(stage !== null && { stage }),
      correction: name === 'lab.result.corrected',
      time: observedAt,
      isShared: named !== null && observed.code !== null && observedAt !== null,
      data: { ...data, flags: [...flags], order: { ...order, service: { ...order.service } } },
    }),
  );
}

function orderOf(change: FhirChange, report: FhirResource | undefined) {
  const request = elements(change.current['basedOn'])
    .map((reference) => resolved(change, reference))
    .find((one) => one !== undefined);
  return {
    placer: identifierOf(report, 'PLAC') ?? identifierOf(request, 'PLAC'),
    filler: identifierOf(report, 'FILL') ?? identifierOf(request, 'FILL'),
    service: conceptIn((report ?? request)?.['code']),
  };
}

function valueOf(observation: FhirResource): { value: number | string | null; valueText: string; unit: string | null } {
  const quantity = element(observation['valueQuantity']);
  const said = quantity['value'];
  if (typeof said === 'number') {
    const comparator = stringIn(quantity['comparator']);
    const unit = stringIn(quantity['unit']) ?? stringIn(quantity['code']);
    const valueText = `${comparator ?? ''}${said}`;
    return { value: comparator === null ? said : valueText, valueText, unit };
  }
  const concept = conceptIn(observation['valueCodeableConcept']);
  const text =
    stringIn(observation['valueString']) ??
    concept.display ??
    concept.code ??
    stringIn(observation['valueInteger']) ??
    stringIn(observation['valueBoolean']) ??
    stringIn(observation['valueDateTime']);
  const whole = observation['valueInteger'];
  return { value: typeof whole === 'number' ? whole : text, valueText: text ?? '', unit: null };
}

function rangeOf(range: Readonly<Record<string, unknown>> | undefined): string | null {
  if (!range) return null;
  const [low, high] = [stringIn(element(range['low'])['value']), stringIn(element(range['high'])['value'])];
  return stringIn(range['text']) ?? (low === null && high === null ? null : `${low ?? ''}-${high ?? ''}`);
}
