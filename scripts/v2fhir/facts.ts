/**
 * The facts of a FHIR bundle that two converters of one message should agree on, whatever they disagree on otherwise: who the
 * patient is, which visit, which order, what was observed, when the appointment is.
 */
export interface Fact {
  readonly kind: FactKind;
  /** Which of them, where there are several: the code of the observation or of the report. */
  readonly of: string;
  /** As it stands in the bundle. */
  readonly value: string;
}

export const FACT_KINDS = [
  ...(['patient identifier', 'patient name', 'birth date', 'gender'] as const),
  ...(['encounter class', 'encounter period', 'visit number', 'encounter location'] as const),
  ...(['order number', 'observation', 'observation value', 'observation unit'] as const),
  ...(['observation flag', 'observation status', 'report status', 'appointment time'] as const),
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

type Json = Readonly<Record<string, unknown>>;

export function factsOf(bundle: unknown): Fact[] {
  const entries = objects(objectOf(bundle)['entry']);
  const byReference = new Map<string, Json>();
  for (const entry of entries) {
    const resource = objectOf(entry['resource']);
    byReference.set(`${text(resource['resourceType'])}/${text(resource['id'])}`, resource);
    if (typeof entry['fullUrl'] === 'string') byReference.set(entry['fullUrl'], resource);
  }
  const facts: Fact[] = [];
  const add = (kind: FactKind, value: string, of = ''): void => {
    if (value !== '' && !facts.some((fact) => fact.kind === kind && fact.of === of && fact.value === value))
      facts.push({ kind, of, value });
  };
  for (const entry of entries) {
    const resource = objectOf(entry['resource']);
    switch (resource['resourceType']) {
      case 'Patient':
        patient(resource, add);
        break;
      case 'Encounter':
        encounter(resource, byReference, add);
        break;
      case 'ServiceRequest':
        for (const value of [...identifiers(resource), text(objectOf(resource['requisition'])['value'])])
          add('order number', value);
        // ORC-8 and OBR-29: the order that it is part of, by its numbers.
        for (const { identifier } of objects(resource['basedOn']))
          add('order number', text(objectOf(identifier)['value']));
        break;
      case 'Immunization':
        // ORC-2 and ORC-3 of a vaccination are its own numbers (v2-to-FHIR ORC[Immunization]); others make an order of it.
        for (const value of identifiers(resource)) add('order number', value);
        break;
      case 'DiagnosticReport':
        for (const value of identifiers(resource)) add('order number', value);
        for (const code of codes(resource['code'])) add('report status', text(resource['status']), code);
        break;
      case 'Observation':
        observation(resource, add);
        break;
      case 'Appointment':
        add('appointment time', text(resource['start']), 'start');
        add('appointment time', text(resource['end']), 'end');
        break;
      default:
    }
  }
  return facts;
}

type Add = (kind: FactKind, value: string, of?: string) => void;

function patient(resource: Json, add: Add): void {
  for (const value of identifiers(resource)) add('patient identifier', value);
  for (const name of objects(resource['name'])) {
    const given = Array.isArray(name['given']) ? name['given'].map(text) : [];
    add('patient name', [text(name['family']), given[0] ?? ''].filter(Boolean).join(', '));
  }
  add('birth date', text(resource['birthDate']));
  add('gender', text(resource['gender']));
}

function encounter(resource: Json, byReference: ReadonlyMap<string, Json>, add: Add): void {
  add('encounter class', text(objectOf(resource['class'])['code']));
  const period = objectOf(resource['period']);
  add('encounter period', text(period['start']), 'start');
  add('encounter period', text(period['end']), 'end');
  for (const value of identifiers(resource)) add('visit number', value);
  for (const { location } of objects(resource['location'])) {
    const { reference, display } = objectOf(location);
    for (const name of [text(display), ...locationNames(text(reference), byReference)]) add('encounter location', name);
  }
}

/** Of the place and of those that it is part of: converters cut a PL into places differently. */
function locationNames(reference: string, byReference: ReadonlyMap<string, Json>): string[] {
  const names: string[] = [];
  let place = byReference.get(reference);
  for (let depth = 0; place && depth < 10; depth++) {
    names.push(text(place['name']));
    place = byReference.get(text(objectOf(place['partOf'])['reference']));
  }
  return names;
}

function observation(resource: Json, add: Add): void {
  for (const code of codes(resource['code'])) {
    add('observation', code);
    const { value, unit } = valueOf(resource);
    add('observation value', value, code);
    add('observation unit', unit, code);
    for (const interpretation of objects(resource['interpretation']))
      for (const flag of codes(interpretation)) add('observation flag', flag, code);
    add('observation status', text(resource['status']), code);
  }
}

function valueOf(resource: Json): { value: string; unit: string } {
  const quantity = objectOf(resource['valueQuantity']);
  if (quantity['value'] !== undefined)
    return { value: text(quantity['value']), unit: text(quantity['unit']) || text(quantity['code']) };
  const [coded] = codes(resource['valueCodeableConcept']);
  const concept = objectOf(resource['valueCodeableConcept']);
  const plain = ['valueString', 'valueDateTime', 'valueTime', 'valueInteger'].map((name) => text(resource[name]));
  return { value: coded ?? (text(concept['text']) || plain.find((value) => value !== '') || ''), unit: '' };
}

function identifiers(resource: Json): string[] {
  return objects(resource['identifier']).map(({ value }) => text(value));
}

/** The first code of a CodeableConcept, which is the one that the sender states first. */
function codes(concept: unknown): string[] {
  const [first] = objects(objectOf(concept)['coding'])
    .map(({ code }) => text(code))
    .filter(Boolean);
  return first === undefined ? [] : [first];
}

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.map(objectOf) : []);
const text = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
