/** One fault each, beyond those of the shared data; `expected`: code and path of the finding. */

interface Fault {
  readonly what: string;
  readonly resource: unknown;
  readonly expected: string;
}

const div = (inner: string): unknown => ({
  resourceType: 'Basic',
  code: { text: 'x' },
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>` },
});
const basic = (more: object): unknown => ({ resourceType: 'Basic', code: { text: 'x' }, ...more });
const withDate = (birthDate: unknown): unknown => ({ resourceType: 'Patient', birthDate });
const issued = (time: string): unknown => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  issued: time,
});
const contained = (id: string): object => ({ resourceType: 'Patient', id });
const author = (reference: string): object => ({ author: { reference } });
const extension = (one: object): unknown => basic({ extension: [one] });
const url = 'https://example.org/x';
const DIV = 'invariant Basic.text.div';

export const FAULTS: readonly Fault[] = [
  { what: 'a handler of an event in a narrative', resource: div('<p onclick="x()">x</p>'), expected: DIV },
  { what: 'a link that runs in a narrative', resource: div('<a href=" java&#x0A;script:x">x</a>'), expected: DIV },
  { what: 'a link that runs behind an entity', resource: div('<a href="&#106;avascript&#58;x">x</a>'), expected: DIV },
  { what: 'a frame in a narrative', resource: div('<iframe src="https://example.org"/>x'), expected: DIV },
  { what: 'a tag left open in a narrative', resource: div('<p>x'), expected: DIV },
  { what: 'text after a narrative', resource: div('x</div>y<div>'), expected: DIV },
  { what: 'a declaration of a document type in a narrative', resource: div('<!DOCTYPE x>x'), expected: DIV },
  { what: 'a narrative without content', resource: div(' <p> </p> '), expected: DIV },
  {
    what: 'a narrative of no namespace',
    resource: basic({ text: { status: 'generated', div: '<div>x</div>' } }),
    expected: DIV,
  },
  { what: 'a leap day that is none', resource: withDate('2026-02-29'), expected: 'value Patient.birthDate' },
  { what: 'a month 13', resource: withDate('2026-13'), expected: 'value Patient.birthDate' },
  { what: 'a date with time', resource: withDate('2026-01-05T08:00:00Z'), expected: 'value Patient.birthDate' },
  { what: 'a null', resource: withDate(null), expected: 'structure Patient.birthDate' },
  { what: 'an instant without seconds', resource: issued('2026-01-05T08:00Z'), expected: 'value Observation.issued' },
  { what: 'a zone that is none', resource: issued('2026-01-05T08:00:00+15:00'), expected: 'value Observation.issued' },
  { what: 'an hour 24', resource: issued('2026-01-05T24:00:00Z'), expected: 'value Observation.issued' },
  { what: 'a reference without type', resource: basic(author('p-1')), expected: 'value Basic.author.reference' },
  {
    what: 'a reference to what is no type',
    resource: basic(author('Person2x/1')),
    expected: 'value Basic.author.reference',
  },
  {
    what: 'a type beside a reference that is another',
    resource: basic({ author: { reference: 'Patient/1', type: 'Practitioner' } }),
    expected: 'structure Basic.author',
  },
  {
    what: 'a contained resource of a wrong type',
    resource: basic({
      contained: [contained('a')],
      extension: [{ url, valueReference: { reference: '#a' } }],
      ...author('#a'),
      subject: { reference: '#b' },
    }),
    expected: 'not-found Basic.subject.reference',
  },
  {
    what: 'a contained resource that nothing refers to',
    resource: basic({ contained: [contained('a')] }),
    expected: 'invariant Basic.contained[0]',
  },
  {
    what: 'two contained resources of one id',
    resource: basic({ contained: [contained('a'), contained('a')], ...author('#a') }),
    expected: 'invariant Basic.contained[1].id',
  },
  {
    what: 'a version of a contained resource',
    resource: basic({ contained: [{ ...contained('a'), meta: { versionId: '1' } }], ...author('#a') }),
    expected: 'invariant Basic.contained[0].meta.versionId',
  },
  {
    what: 'what is contained in what is contained',
    resource: basic({ contained: [{ ...contained('a'), contained: [contained('b')] }], ...author('#a') }),
    expected: 'invariant Basic.contained[0].contained',
  },
  {
    what: 'an extension with neither value nor extensions',
    resource: extension({ url }),
    expected: 'invariant Basic.extension[0]',
  },
  {
    what: 'an extension of a relative URL',
    resource: extension({ url: 'x', valueBoolean: true }),
    expected: 'value Basic.extension[0].url',
  },
  {
    what: 'an unknown type of value in an extension',
    resource: extension({ url, valueBasic: {} }),
    expected: 'structure Basic.extension[0].valueBasic',
  },
  {
    what: 'the extensions of something that is no primitive',
    resource: { resourceType: 'Patient', _name: [{ id: 'x' }] },
    expected: 'structure Patient._name',
  },
  {
    what: 'an element with nothing but an id',
    resource: basic({ author: { id: 'x' } }),
    expected: 'invariant Basic.author',
  },
  {
    what: 'a code of another system than the one required',
    resource: {
      resourceType: 'Condition',
      subject: { display: 'x' },
      clinicalStatus: { coding: [{ system: 'https://example.org', code: 'active' }] },
    },
    expected: 'code-invalid Condition.clinicalStatus',
  },
  {
    what: 'text where a code is required',
    resource: { resourceType: 'Condition', subject: { display: 'x' }, clinicalStatus: { text: 'active' } },
    expected: 'code-invalid Condition.clinicalStatus',
  },
  {
    what: 'a comparator where none may be',
    resource: {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      referenceRange: [{ low: { value: 1, comparator: '<' } }],
    },
    expected: 'invariant Observation.referenceRange[0].low',
  },
  {
    what: 'a range that is upside down',
    resource: {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      valueRange: { low: { value: 2 }, high: { value: 1 } },
    },
    expected: 'invariant Observation.value',
  },
  {
    what: 'a full URL of another resource',
    resource: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ fullUrl: 'https://example.org/Patient/1', resource: { resourceType: 'Patient', id: '2' } }],
    },
    expected: 'value Bundle.entry[0].fullUrl',
  },
  {
    what: 'an entry of a transaction without request',
    resource: { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: { resourceType: 'Patient' } }] },
    expected: 'invariant Bundle',
  },
  {
    what: 'a fault in an entry',
    resource: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: { resourceType: 'Patient', gender: 'x' } }],
    },
    expected: 'code-invalid Bundle.entry[0].resource.gender',
  },
  {
    what: 'an OID of no form',
    resource: { resourceType: 'Patient', extension: [{ url, valueOid: 'urn:oid:1.02' }] },
    expected: 'value Patient.extension[0].value',
  },
  {
    what: 'a UUID of no form',
    resource: { resourceType: 'Patient', extension: [{ url, valueUri: 'urn:uuid:1' }] },
    expected: 'value Patient.extension[0].value',
  },
  {
    what: 'a control character',
    resource: { resourceType: 'Patient', name: [{ text: 'a\u0000b' }] },
    expected: 'value Patient.name[0].text',
  },
  {
    what: 'an integer with a fraction',
    resource: { resourceType: 'Patient', multipleBirthInteger: 1.5 },
    expected: 'value Patient.multipleBirth',
  },
  {
    what: 'two items of one link id',
    resource: {
      resourceType: 'Questionnaire',
      status: 'draft',
      item: [
        { linkId: '1', type: 'string' },
        { linkId: '1', type: 'string' },
      ],
    },
    expected: 'invariant Questionnaire',
  },
  {
    what: 'an allergy without clinical status',
    resource: { resourceType: 'AllergyIntolerance', patient: { display: 'x' } },
    expected: 'invariant AllergyIntolerance',
  },
  {
    what: 'an organization without name and identifier',
    resource: { resourceType: 'Organization', active: true },
    expected: 'invariant Organization',
  },
  {
    what: 'a contact point without system',
    resource: { resourceType: 'Patient', telecom: [{ value: '1' }] },
    expected: 'invariant Patient.telecom[0]',
  },
];
