import type { RedactAction, RedactionProfile, RedactRules } from './profile.ts';

export const NOTHING_CLINICAL = 'nothing-clinical';

const each = (names: string, action: RedactAction): RedactRules =>
  Object.fromEntries(names.split(' ').map((name) => [name, action]));
const of = (parent: string, rules: RedactRules): RedactRules =>
  Object.fromEntries(Object.entries(rules).map(([name, action]) => [`${parent}.${name}`, action]));
const table = (id: string): RedactAction => ({ table: id });
const oneOf = (values: string): RedactAction => ({ oneOf: values.split(' ') });

const FAILURE: RedactRules = {
  ...each('code waitsFor', 'name'),
  class: oneOf('transient ambiguous permanent throttled'),
  retryAfterMs: 'number',
  ...of('node', { id: 'name', type: 'keep' }),
};
const WORK: RedactRules = {
  ...each('id messageId parentWorkId blockedBy', 'id'),
  ...each('subscription definition lane state childKind', 'name'),
  ...each('createdAt firstDeliveredAt settledAt notBefore leaseUntil', 'time'),
  ...each('seq attempt', 'number'),
  pinnedVersion: 'id',
  ...of('failure', FAILURE),
  ...of('attempts', {
    ...each('attempt', 'number'),
    ...each('startedAt endedAt', 'time'),
    version: 'id',
    outcome: 'name',
    ...of('failure', FAILURE),
    ...of('steps', { at: 'time', ms: 'number', outcome: 'name', ...of('node', { id: 'name', type: 'keep' }) }),
  }),
};

/** Built in, so that every site has it: what is left says how Wardflow ran, and of whom nothing. */
export const nothingClinical: RedactionProfile = {
  kind: 'redaction-profile',
  format: 1,
  name: NOTHING_CLINICAL,
  title: 'Nothing clinical',
  owner: { name: 'Wardflow', contact: 'SECURITY.md' },
  reason: 'What is handed to people outside must say nothing of any patient',
  hl7: {
    '*': 'mask',
    ...each('MSH-3 MSH-4 MSH-5 MSH-6 MSH-10 MSA-2', 'hash'),
    'MSH-7': 'time',
    'MSH-9.1': table('0076'),
    'MSH-9.2': table('0003'),
    'MSH-9.3': table('0354'),
    'MSH-11.1': table('0103'),
    'MSH-12.1': table('0104'),
    'EVN-1': table('0003'),
    'EVN-2': 'time',
    ...each('PID-1 PV1-1 ORC-1 OBR-1 OBX-1 NTE-1 DG1-1 AL1-1 NK1-1 GT1-1 IN1-1 SPM-1 TXA-1', 'number'),
    'ORC-1': table('0119'),
    'OBX-2': table('0125'),
    'OBX-11': table('0085'),
    'OBR-25': table('0123'),
    'PV1-2': table('0004'),
    'MSA-1': table('0008'),
    'ERR-4': table('0516'),
  },
  fhir: {
    '*': 'mask',
    '*.resourceType': 'type',
    '*.id': 'hash',
    ...of('*.meta', { versionId: 'hash', lastUpdated: 'time' }),
    '*.contained': 'resource',
    'Bundle.type': oneOf(
      'document message transaction transaction-response batch batch-response history searchset collection',
    ),
    'Bundle.total': 'number',
    'Bundle.entry.resource': 'resource',
    'Bundle.entry.request.method': oneOf('GET HEAD POST PUT DELETE PATCH'),
    'Bundle.entry.response.status': 'number',
    'Parameters.parameter.resource': 'resource',
    ...of('OperationOutcome.issue', {
      severity: oneOf('fatal error warning information'),
      code: oneOf(
        'invalid structure required value invariant security login unknown expired forbidden suppressed processing not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly business-rule conflict transient lock-error no-store exception timeout incomplete throttled informational',
      ),
    }),
    ...of('AuditEvent', {
      recorded: 'time',
      action: oneOf('C R U D E'),
      outcome: oneOf('0 4 8 12'),
      ...each('type.code subtype.code', 'name'),
      'source.site': 'name',
    }),
  },
  records: {
    message: {
      ...of('message', {
        ...each('id resendOf correlationId', 'id'),
        ...each('feed format state definitions', 'name'),
        ...each('controlId sender connection traceparent bodyHash', 'hash'),
        ...each('receivedAt stateSince retryAt answeredAt', 'time'),
        ...each('seq size', 'number'),
        recovered: 'flag',
        ...each('reason.code held.because', 'name'),
        'answer.code': table('0008'),
      }),
      ...of('resends', { id: 'id', receivedAt: 'time' }),
      ...of('work', WORK),
      ...of('decisions', {
        ...each('id messageId workId', 'id'),
        ...each('definition table error', 'name'),
        version: 'id',
        at: 'time',
        deterministic: 'flag',
        'node.id': 'name',
      }),
      ...of('effects', {
        ...each('key messageId workId', 'id'),
        ...each('name definition state', 'name'),
        ...each('startedAt endedAt', 'time'),
        tries: 'number',
        ...of('failure', FAILURE),
      }),
      ...of('escalations', {
        ...each('id messageId workId task', 'id'),
        ...each('definition subscription name ladder state lane', 'name'),
        ...each('startedAt nextAt endedAt', 'time'),
        nextStep: 'number',
      }),
    },
    problem: {
      ...each('id messageId taskId alertId proposal', 'id'),
      ...each('kind state definition', 'name'),
      ...each('by assignee', 'hash'),
      ...each('at changedAt', 'time'),
      version: 'number',
      definitionVersion: 'id',
    },
    audit: {
      chain: 'name',
      ...of('record', {
        seq: 'number',
        at: 'time',
        type: 'name',
        actor: 'hash',
        ...each('messageId workId', 'id'),
        definition: 'name',
        version: 'id',
        ...each('previous hash', 'id'),
        ...of('details', {
          ...each('endpoint lane feed code nodeType environment difference subscription', 'name'),
          ...each('count records bodies messages bytes step attempt status', 'number'),
          type: 'type',
        }),
      }),
    },
    log: {
      ...each('level count attempt status ms port pid release', 'number'),
      time: 'time',
      ...each('part feed endpoint definition subscription nodeType effect state code', 'name'),
      ...each('messageId workId', 'id'),
      ...each('node actor subject host path', 'hash'),
      ...each('text error setting', 'keep'),
    },
    status: {
      environment: 'name',
      ...each('version durability', 'keep'),
      startedAt: 'time',
      oldestWaiting: 'time',
      ...of('messages', each('accepted quarantined unrouted resend', 'number')),
      ...of('work', each('waiting claimed parked done dead discarded', 'number')),
      ...each('inFlight openEscalations openDifferences openIdentityQuestions rssBytes', 'number'),
      ...of('switches', { ...each('kind name mode', 'name'), ...each('setAt from until', 'time') }),
      'leftOut.name': 'name',
      ...of('feeds', {
        ...each('name state', 'name'),
        ...each('connections port', 'number'),
        lastMessageAt: 'time',
        withholding: 'flag',
        'error.code': 'name',
      }),
      ...of('subscriptions', {
        ...each('name endpoint state', 'name'),
        ...each('heardAt polledAt gapSince', 'time'),
        missed: 'number',
        'trouble.code': 'name',
      }),
      ...of('endpoints', {
        ...each('name kind state circuit lastFailureCode', 'name'),
        ...each('since pausedUntil', 'time'),
      }),
      ...of('definitions', { name: 'name', version: 'id', risk: 'name' }),
      'storeTrouble.since': 'time',
    },
  },
};
