import type { AuditEvent, AuditEventAgent, AuditEventEntity, Coding, Reference } from './fhir-types.ts';
import { actorName, auditSentence, type AuditRecord } from '../../../engine/index.ts';
import { DICOM, eventKind, type DicomCode, type EventKind } from './event-kinds.ts';

/** Our own codes and identifiers; `urn:` names, since they name and are no addresses. */
export const SYSTEMS = {
  account: 'urn:wardflow:account',
  record: 'urn:wardflow:audit-record',
  chain: 'urn:wardflow:audit-chain',
  type: 'urn:wardflow:audit-type',
  entity: 'urn:wardflow:audit-entity-type',
  message: 'urn:wardflow:message',
  work: 'urn:wardflow:work-item',
  definition: 'urn:wardflow:definition',
  proposal: 'urn:wardflow:proposal',
  endpoint: 'urn:wardflow:endpoint',
  hash: 'urn:wardflow:identifier-hash',
} as const;

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const EVENT_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-event-type';
const INTERACTION = 'http://hl7.org/fhir/restful-interaction';
const ENTITY_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const ROLE = 'http://terminology.hl7.org/CodeSystem/object-role';
const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';
const SOURCE_TYPE = 'http://terminology.hl7.org/CodeSystem/security-source-type';
const BALP = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';

type Rest = Exclude<EventKind['kind'], 'dicom'>;

const REST: Readonly<
  Record<Rest, { readonly profile: string; readonly action: 'C' | 'R' | 'U' | 'D' | 'E'; readonly code: string }>
> = {
  create: { profile: 'Create', action: 'C', code: 'create' },
  read: { profile: 'Read', action: 'R', code: 'read' },
  update: { profile: 'Update', action: 'U', code: 'update' },
  delete: { profile: 'Delete', action: 'D', code: 'delete' },
  query: { profile: 'Query', action: 'E', code: 'search-type' },
};

export interface ExportedEntry {
  readonly chain: string;
  readonly record: AuditRecord;
}

/**
 * A record as FHIR R4 AuditEvent: profiles of IHE BALP where data of patients was created, read, updated, deleted or searched, codes of
 * DICOM elsewhere. Patients are not named in audit records; where one was searched for, its identifier's hash stands for it.
 *
 * @param host the machine that the systems run on, for `network`
 */
export function auditEvent(entry: ExportedEntry, host: string): AuditEvent {
  const { chain, record } = entry;
  const { kind, written } = kindOf(record);
  const own: Coding = { system: SYSTEMS.type, code: record.type };
  const shared = {
    resourceType: 'AuditEvent',
    id: `${chain}-${record.seq}`.replaceAll(/[^A-Za-z0-9.-]/g, '-').slice(0, 64),
    text: { status: 'generated', div: narrative(record) },
    recorded: new Date(record.at).toISOString(),
    source: {
      site: chain,
      observer: system(chain),
      type: [{ system: SOURCE_TYPE, code: '4', display: 'Application Server' }],
    },
  } as const;
  if (kind.kind === 'dicom') {
    return {
      ...shared,
      type: dicom(kind.event),
      subtype: [...(kind.type ? [dicom(kind.type)] : []), own],
      action: kind.action,
      outcome: kind.outcome ?? '0',
      ...(kind.outcome === undefined || kind.outcome === '0' ? {} : { outcomeDesc: fhirText(auditSentence(record)) }),
      agent: [actingAgent(record, chain)],
      entity: aboutEntities(entry),
    };
  }
  const { profile, action, code } = REST[kind.kind];
  const patient = patientOf(record, written);
  return {
    ...shared,
    meta: { profile: [`${BALP}${patient ? 'Patient' : ''}${profile}`] },
    type: { system: EVENT_TYPE, code: 'rest', display: 'Restful Operation' },
    // BALP's delete takes one subtype and no other.
    subtype: [{ system: INTERACTION, code, display: code }, ...(kind.kind === 'delete' ? [] : [own])],
    action,
    outcome: '0',
    agent: restAgents(kind.kind, record, chain, host),
    entity: [
      ...restEntities(kind.kind, record, written),
      ...(patient ? [patientEntity(patient)] : []),
      ...aboutEntities(entry),
    ],
  };
}

interface Written {
  readonly reference: string;
  readonly resource: string;
}

/** What a flow wrote to a FHIR server is a create or an update there; other effects are activities. */
function kindOf(record: AuditRecord): { readonly kind: EventKind; readonly written: Written | null } {
  const found =
    record.type === 'effect.done'
      ? /^([A-Z][A-Za-z]{2,40})\/([A-Za-z0-9.-]{1,64}) (created|is there|updated)\b/.exec(text(record, 'summary'))
      : null;
  if (!found) return { kind: eventKind(record.type), written: null };
  const [, resource = '', id = '', what] = found;
  return {
    kind: { kind: what === 'created' ? 'create' : 'update' },
    written: { reference: `${resource}/${id}`, resource },
  };
}

const text = (record: AuditRecord, name: string): string => String(record.details[name] ?? '');
const dicom = (name: DicomCode): Coding => ({ system: DCM, code: DICOM[name][0], display: DICOM[name][1] });
const system = (name: string): Reference => ({
  type: 'Device',
  identifier: { system: SYSTEMS.chain, value: name },
  display: `Wardflow ${name}`,
});

const isPerson = (actor: string): boolean => /^(user|cli|unknown):/.test(actor);

function person(record: AuditRecord): Pick<AuditEventAgent, 'who' | 'name'> {
  const name = actorName(record.actor);
  return { who: { identifier: { system: SYSTEMS.account, value: record.actor }, display: name }, name };
}

function actingAgent(record: AuditRecord, chain: string): AuditEventAgent {
  if (isPerson(record.actor)) {
    const address = text(record, 'address');
    const network = /^[0-9a-f.:]{2,45}$/i.test(address) ? { network: { address, type: '2' as const } } : {};
    return { ...person(record), requestor: true, ...network };
  }
  const { who } = record.actor === 'system' ? { who: system(chain) } : person(record);
  return { type: { coding: [dicom('application')] }, ...(who && { who }), requestor: true };
}

/**
 * Client and server swap their DICOM roles between reading and the others (BALP): the source of what flows is the client,
 * save where something is read.
 */
function restAgents(kind: Rest, record: AuditRecord, chain: string, host: string): AuditEventAgent[] {
  const byFlow = record.actor.startsWith('flow:') || record.type === 'task.created';
  const machine = (name: string) => ({ network: { address: name, type: '1' as const } });
  const endpoint = (text(record, 'target') || text(record, 'endpoint') || 'endpoint').replace(/: .*/s, '');
  const [client, server] = byFlow
    ? [system(chain), { identifier: { system: SYSTEMS.endpoint, value: endpoint }, display: endpoint }]
    : [system('console'), system(chain)];
  const types =
    kind === 'delete'
      ? [
          { coding: [dicom('application')] },
          { coding: [{ system: PARTICIPANT, code: 'custodian', display: 'Custodian' }] },
        ]
      : kind === 'read'
        ? [{ coding: [dicom('destination')] }, { coding: [dicom('source')] }]
        : [{ coding: [dicom('source')] }, { coding: [dicom('destination')] }];
  const role = kind === 'read' || kind === 'query' ? ['IRCP', 'information recipient'] : ['AUT', 'Author'];
  const [code = '', display = ''] = role;
  const human: AuditEventAgent[] = isPerson(record.actor)
    ? [{ type: { coding: [{ system: PARTICIPATION, code, display }] }, ...person(record), requestor: true }]
    : [];
  return [
    { ...(types[0] && { type: types[0] }), who: client, requestor: human.length === 0, ...machine(host) },
    { ...(types[1] && { type: types[1] }), who: server, requestor: false, ...machine(byFlow ? endpoint : host) },
    ...human,
  ];
}

const SYSTEM_OBJECT: Coding = { system: ENTITY_TYPE, code: '2', display: 'System Object' };

function restEntities(kind: Rest, record: AuditRecord, written: Written | null): AuditEventEntity[] {
  if (kind === 'query') {
    const query = `Message?${text(record, 'by') || 'text'}=${text(record, 'value')}`;
    return [
      {
        type: SYSTEM_OBJECT,
        role: { system: ROLE, code: '24', display: 'Query' },
        description: query,
        query: Buffer.from(query, 'utf8').toString('base64'),
      },
    ];
  }
  const role: Coding = { system: ROLE, code: '4', display: 'Domain Resource' };
  const what: Reference = written
    ? { reference: written.reference, type: written.resource }
    : record.type === 'fhir.read'
      ? { display: fhirText(text(record, 'what')) || 'resources' }
      : kind === 'delete'
        ? { identifier: { system: SYSTEMS.record, value: 'journal' }, display: 'stored messages' }
        : record.messageId === undefined
          ? { identifier: { system: SYSTEMS.type, value: record.type } }
          : { identifier: { system: SYSTEMS.message, value: record.messageId } };
  return [{ what, type: SYSTEM_OBJECT, role }];
}

function patientOf(record: AuditRecord, written: Written | null): Reference | null {
  if (written?.resource === 'Patient') return { reference: written.reference, type: 'Patient' };
  if (record.type === 'message.searched' && text(record, 'by') === 'patient')
    return { type: 'Patient', identifier: { system: SYSTEMS.hash, value: text(record, 'value') } };
  return null;
}

const patientEntity = (what: Reference): AuditEventEntity => ({
  what,
  type: { system: ENTITY_TYPE, code: '1', display: 'Person' },
  role: { system: ROLE, code: '1', display: 'Patient' },
});

/** What the record is about, by our ids; of entity types of our own, since BALP allows one system object only. */
function aboutEntities({ chain, record }: ExportedEntry): AuditEventEntity[] {
  const about = (code: string, system: string, value: string | undefined, more: object = {}): AuditEventEntity[] =>
    value === undefined || value === ''
      ? []
      : [{ what: { identifier: { system, value } }, type: { system: SYSTEMS.entity, code }, ...more }];
  const facts = { hash: record.hash, previous: record.previous, reason: record.reason ?? null, ...record.details };
  const detail = Object.entries(facts).flatMap(([type, value]) => {
    const valueString = fhirText(textOf(value));
    return valueString === '' ? [] : [{ type, valueString }];
  });
  return [
    ...about('audit-record', SYSTEMS.record, `${chain}/${record.seq}`, {
      name: fhirText(auditSentence(record)),
      detail,
    }),
    ...about('message', SYSTEMS.message, record.messageId),
    ...about('work-item', SYSTEMS.work, record.workId),
    ...about(
      'definition',
      SYSTEMS.definition,
      record.definition && [record.definition, record.version].filter(Boolean).join('|'),
    ),
    ...about('proposal', SYSTEMS.proposal, text(record, 'proposal')),
  ];
}

const textOf = (value: string | number | boolean | null): string => (value === null ? '' : String(value));

/** A string of FHIR: no control characters, and something to read. */
const fhirText = (text: string): string => text.replaceAll(/[^\P{Cc}\t\n\r]/gu, ' ').trim();

function narrative(record: AuditRecord): string {
  const said = fhirText(auditSentence(record)).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<div xmlns="http://www.w3.org/1999/xhtml"><p>${said}</p></div>`;
}
