/** Synthetic resources that R4 allows, among them what checkers tend to refuse. */
import type { FhirResource } from '../../engine/index.ts';

const patient: FhirResource = {
  resourceType: 'Patient',
  id: 'p-1',
  meta: { versionId: '1', lastUpdated: '2026-01-05T08:00:00Z', profile: ['https://example.org/fhir/none'] },
  text: {
    status: 'generated',
    div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; B&nbsp;<b>C</b><br/></p></div>',
  },
  extension: [
    { url: 'https://example.org/e', extension: [{ url: 'part', valueBoolean: false }] },
    { url: 'urn:oid:1.2.3', valueDecimal: 0 },
  ],
  identifier: [
    { system: 'urn:oid:2.16.840.1.113883.4.1', value: 'x 1' },
    { system: 'urn:uuid:C757873D-EC9A-4326-A141-556F43239520', value: '2' },
  ],
  active: false,
  name: [
    {
      family: 'Test',
      given: ['A', null],
      _given: [null, { extension: [{ url: 'https://example.org/e', valueCode: 'x' }] }],
    },
  ],
  gender: 'other',
  _birthDate: { extension: [{ url: 'https://example.org/e', valueDateTime: '2026' }] },
  multipleBirthInteger: 0,
  contact: [{ organization: { display: 'Ward' } }],
  link: [{ other: { reference: 'Patient/p-2', type: 'Patient' }, type: 'seealso' }],
};

const quantity = { value: 4.1, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' };

const observation: FhirResource = {
  resourceType: 'Observation',
  contained: [
    { resourceType: 'Practitioner', id: 'who', name: [{ text: 'T' }] },
    {
      resourceType: 'Provenance',
      id: 'back',
      target: [{ reference: '#' }],
      recorded: '2026-01-05T08:00:00.5+14:00',
      agent: [{ who: { display: 'T' } }],
    },
  ],
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }], text: 'K' },
  subject: { reference: 'https://example.org/fhir/Patient/p-1/_history/2' },
  effectivePeriod: { start: '2026-01-05', end: '2026-01-05T00:30:00+02:00' },
  performer: [{ reference: '#who' }, { identifier: { value: '7' } }],
  valueQuantity: { ...quantity, comparator: '<' },
  referenceRange: [{ low: { value: 3.5 }, high: { value: 5.1 } }, { text: 'see there' }],
  component: [{ code: { text: 'other' } }],
};

const task: FhirResource = {
  resourceType: 'Task',
  status: 'requested',
  intent: 'order',
  authoredOn: '2026-01-05T10:00:00+02:00',
  lastModified: '2026-01-05T08:00:00Z',
  input: [{ type: { text: 'x' }, valueReference: { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' } }],
};

const medicationRequest: FhirResource = {
  resourceType: 'MedicationRequest',
  status: 'active',
  intent: 'order',
  medicationCodeableConcept: { text: 'X' },
  subject: { reference: 'Patient?identifier=urn:x|1' },
  dosageInstruction: [
    {
      timing: {
        repeat: {
          frequency: 1,
          period: 8,
          periodUnit: 'h',
          boundsDuration: { value: 5, system: 'http://unitsofmeasure.org', code: 'd' },
        },
      },
      asNeededBoolean: false,
      doseAndRate: [{ doseQuantity: { value: 1 }, rateRatio: { numerator: { value: 1 }, denominator: { value: 2 } } }],
    },
  ],
};

const questionnaire: FhirResource = {
  resourceType: 'Questionnaire',
  status: 'draft',
  item: [
    {
      linkId: '1',
      type: 'group',
      item: [{ linkId: '1.1', type: 'choice', answerOption: [{ valueCoding: { code: 'a' }, initialSelected: true }] }],
    },
    { linkId: '2', type: 'display', text: 'x' },
  ],
};

const bundle: FhirResource = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      fullUrl: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
      resource: { ...patient, id: 'given-by-us' },
      request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=urn:x|1' },
    },
    {
      fullUrl: 'https://example.org/fhir/Task/t-1',
      resource: { ...task, id: 't-1', for: { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' } },
      request: { method: 'PUT', url: 'Task/t-1' },
    },
    { request: { method: 'DELETE', url: 'Task/t-2' } },
  ],
};

const others: readonly FhirResource[] = [
  {
    resourceType: 'Bundle',
    type: 'history',
    entry: ['1', '2'].map((versionId) => ({
      fullUrl: 'https://example.org/Patient/a',
      resource: { resourceType: 'Patient', id: 'a', meta: { versionId } },
      request: { method: 'PUT', url: 'Patient/a' },
      response: { status: '200' },
    })),
  },
  {
    resourceType: 'Parameters',
    parameter: [
      { name: 'a', valueString: ' ' },
      { name: 'b', resource: patient },
      { name: 'c', part: [{ name: 'd', valueInteger: -1 }] },
    ],
  },
  {
    resourceType: 'Condition',
    code: { text: 'x' },
    subject: { reference: 'Patient/p-1' },
    onsetDateTime: '2026-02',
    clinicalStatus: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'resolved' },
        { code: 'local' },
      ],
    },
    abatementAge: { value: 30, system: 'http://unitsofmeasure.org', code: 'a' },
  },
  {
    resourceType: 'Appointment',
    status: 'proposed',
    participant: [{ actor: { reference: 'Location/l' }, status: 'accepted' }],
  },
  { resourceType: 'Binary', contentType: 'application/pdf', data: 'QUJD' },
  { resourceType: 'Basic', code: { text: 'x' } },
  { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'processing' }] },
  {
    resourceType: 'MedicationDispense',
    status: 'completed',
    medicationReference: { reference: 'Medication/1' },
    whenPrepared: '2026-01-05T23:30:00-05:00',
    whenHandedOver: '2026-01-06T04:31:00Z',
  },
  {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026',
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['json'],
    implementation: { description: 'x' },
    rest: [
      {
        mode: 'server',
        resource: [{ type: 'Patient', interaction: [{ code: 'read' }], searchParam: [{ name: '_id', type: 'token' }] }],
      },
    ],
  },
  {
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'x',
    criteria: 'Task?status=requested',
    channel: {
      type: 'rest-hook',
      endpoint: 'https://example.org/h',
      payload: 'application/fhir+json',
      header: ['Authorization: x'],
    },
  },
];

export const VALID_RESOURCES = [patient, observation, task, medicationRequest, questionnaire, bundle, ...others];
