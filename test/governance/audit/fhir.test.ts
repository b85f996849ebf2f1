import assert from 'node:assert/strict';
import { validateResource } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import { before, describe, it } from 'mocha';
import { definitions } from '../../../demo/sandbox-fhir/definitions.ts';
import { AUDIT_SENTENCES, chainAudit, GENESIS, type AuditEntry } from '../../../engine/index.ts';
import { auditEvent } from '../../../governance/audit/export/audit-event.ts';
import type { AuditEvent, AuditEventAgent } from '../../../governance/audit/export/fhir-types.ts';
import { auditEntry, T0 } from '../../kit/store-builders.ts';

const event = (entry: AuditEntry): AuditEvent =>
  auditEvent({ chain: 'staging', record: chainAudit(entry, 7, GENESIS) }, 'ward-host');
const BALP = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';

/** Every type, done by a person, by a flow and by the system, with little and with much said. */
const MUCH = {
  messageId: '01K0000000000000000000000A',
  workId: '01K0000000000000000000000B',
  definition: 'critical-lab-result',
  version: 'a'.repeat(64),
  reason: 'a <b>reason</b> & "more" \u0007',
  details: {
    effect: 'task',
    target: 'ehr: create Task',
    summary: 'Task/12 created, 201',
    by: 'patient',
    value: 'mark:0f',
    proposal: 'P-1',
    address: '127.0.0.1',
    empty: '',
    none: null,
    ok: true,
  },
};
const ENTRIES: readonly AuditEntry[] = Object.keys(AUDIT_SENTENCES).flatMap((type) =>
  ['user:ana', 'cli:root', 'flow:critical-lab-result', 'system', 'program:monitor', 'unknown'].flatMap((actor) => [
    auditEntry(type, { at: T0, actor }),
    auditEntry(type, { at: T0, actor, ...MUCH }),
  ]),
);

const codes = (agent: AuditEventAgent): readonly string[] => agent.type?.coding.map(({ code }) => code) ?? [];
const having = (agents: AuditEvent['agent'], code: string): AuditEvent['agent'] =>
  agents.filter((agent) => codes(agent).includes(code));

/** What a profile of BALP demands beside FHIR itself, by its text. */
function balpProblems(event: AuditEvent): readonly string[] {
  const [profile = ''] = event.meta?.profile ?? [];
  if (profile === '') return [];
  assert.ok(profile.startsWith(BALP));
  const name = profile.slice(BALP.length).replace(/^Patient/, '');
  const problems: string[] = [];
  const demand = (holds: boolean, what: string): void => void (holds || problems.push(`${profile}: ${what}`));
  const wants: Readonly<Record<string, readonly [action: string, subtype: string]>> = {
    Create: ['C', 'create'],
    Read: ['R', 'read'],
    Update: ['U', 'update'],
    Delete: ['D', 'delete'],
    Query: ['E', 'search-type'],
  };
  const [action, subtype] = wants[name] ?? [];
  demand(event.type.code === 'rest', 'type');
  demand(event.action === action && event.subtype.some(({ code }) => code === subtype), 'action and subtype');
  demand(event.outcome === '0', 'outcome');
  const [client, server] =
    name === 'Delete' ? ['110150', 'custodian'] : name === 'Read' ? ['110152', '110153'] : ['110153', '110152'];
  for (const [what, code] of [
    ['client', client],
    ['server', server],
  ] as const) {
    const [agent, more] = having(event.agent, code ?? '');
    demand(agent !== undefined && more === undefined, `one ${what}`);
    demand(agent?.who !== undefined && agent.network !== undefined, `who and network of the ${what}`);
  }
  const users = event.agent.filter((agent) => agent.requestor && agent.name !== undefined);
  demand(users.length <= 1, 'one user');
  const kind = name === 'Read' || name === 'Query' ? 'IRCP' : 'AUT';
  demand(
    users.every((user) => codes(user).includes(kind) && user.who !== undefined && !user.network),
    'the user',
  );
  const data = event.entity.filter(({ type }) => type.code === '2');
  demand(data.length === 1, 'one system object');
  if (name === 'Query') {
    const [query] = data;
    demand(
      query?.role?.code === '24' && query.query !== undefined && query.what === undefined && !query.detail,
      'query',
    );
  } else demand(data[0]?.role?.code === '4' && data[0].what !== undefined, 'data');
  if (name === 'Delete') demand(event.subtype.length === 1, 'one subtype');
  const patients = event.entity.filter(({ type, role }) => type.code === '1' && role?.code === '1');
  demand(patients.length === (profile.includes('Patient') ? 1 : 0), 'patient');
  demand(
    patients.every(({ what }) => what?.type === 'Patient'),
    'reference to a patient',
  );
  return problems;
}

describe('audit entries as FHIR AuditEvent', () => {
  before(() => assert.ok(definitions().ensure('AuditEvent')));

  it('of every type are valid R4', () => {
    assert.ok(ENTRIES.length > 400);
    for (const entry of ENTRIES) {
      const made = event(entry);
      assert.doesNotThrow(() => validateResource(made as unknown as Resource), `${entry.type} by ${entry.actor}`);
    }
  });

  it('are refused by the same check when something is missing', () => {
    const { agent: _, ...without } = event(auditEntry('work.dead'));
    assert.throws(() => validateResource(without as unknown as Resource));
  });

  it('follow the profile of BALP that they name', () => {
    assert.deepEqual(
      ENTRIES.flatMap((entry) => balpProblems(event(entry))),
      [],
    );
    const named = new Set(ENTRIES.map((entry) => event(entry).meta?.profile[0]?.slice(BALP.length)));
    for (const name of ['Create', 'Read', 'Query', 'PatientQuery', 'Delete']) assert.ok(named.has(name), name);
  });

  it('name what a flow wrote: a create, an update, and the patient where it is one', () => {
    const written = (summary: string): AuditEvent =>
      event(auditEntry('effect.done', { actor: 'flow:ward', details: { target: 'ehr: create Task', summary } }));
    const created = written('Task/12 created, 201');
    assert.deepEqual(created.meta?.profile, [`${BALP}Create`]);
    assert.deepEqual(created.entity[0]?.what, { reference: 'Task/12', type: 'Task' });
    assert.equal(having(created.agent, '110152')[0]?.who?.display, 'ehr');
    assert.deepEqual(written('Task/12 is there, 200').meta?.profile, [`${BALP}Update`]);
    const patient = written('Patient/3 created, 201');
    assert.deepEqual(patient.meta?.profile, [`${BALP}PatientCreate`]);
    assert.deepEqual(patient.entity[1]?.what, { reference: 'Patient/3', type: 'Patient' });
    assert.equal(written('ward nurse told at the console').meta, undefined);
  });

  it('say with codes of DICOM what happened to logins, roles, keys and the system', () => {
    const of = (type: string): string => {
      const { type: what, subtype, outcome } = event(auditEntry(type));
      return `${what.code} ${subtype[0]?.code} ${outcome}`;
    };
    assert.deepEqual(
      [
        'session.logged-in',
        'session.login-refused',
        'account.roles-changed',
        'gate.refused',
        'release.glass-broken',
        'runtime.started',
        'audit.exported',
        'switch.set',
      ].map(of),
      [
        '110114 110122 0',
        '110114 110122 4',
        '110113 110136 0',
        '110113 110132 8',
        '110113 110127 0',
        '110100 110120 0',
        '110101 audit.exported 0',
        '110100 switch.set 0',
      ],
    );
  });

  it('carry our ids and hashes, so that the record can be found and verified', () => {
    const made = event(auditEntry('work.redriven', MUCH));
    assert.equal(made.id, 'staging-7');
    const [record] = made.entity.filter(({ type }) => type.code === 'audit-record');
    assert.equal(record?.what?.identifier?.value, 'staging/7');
    assert.match(record?.detail?.find(({ type }) => type === 'hash')?.valueString ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual(
      made.entity.map(({ type }) => type.code),
      ['audit-record', 'message', 'work-item', 'definition', 'proposal'],
    );
  });
});
