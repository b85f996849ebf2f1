/** JSON Schemas of everything a browser or runtime may send: unknown keys are refused, every string has a limit. */
import { LARGEST_OUTLINED } from './runtime-shapes.ts';
import { LIMITABLE_ROLES, ROLES, SERVICE_SCOPES } from './permissions.ts';

const id = { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,128}$' } as const;
const time = { type: 'integer', minimum: 0, maximum: 8.64e15 } as const;
const reason = { type: 'string', minLength: 3, maxLength: 500 } as const;
const word = { type: 'string', minLength: 1, maxLength: 128 } as const;
/** Of a person; also the part of an address that names one. */
export const USERNAME = '^[a-z][a-z0-9._-]{1,39}$';
/** One line, without what could hide or turn text around. */
const shown = { type: 'string', minLength: 1, maxLength: 80, pattern: '^[^\\p{C}\\p{Zl}\\p{Zp}]+$' } as const;
const password = { type: 'string', minLength: 1, maxLength: 256 } as const;
/** Six digits, or a recovery code; people write either with blanks and dashes. */
const code = { type: 'string', pattern: '^[0-9A-Za-z -]{6,32}$' } as const;
const roles = { type: 'array', items: { type: 'string', enum: ROLES }, maxItems: 8, uniqueItems: true } as const;
/** What travels with each call to a runtime in one header: few entries, and a service line for many definitions. */
const limits = {
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    LIMITABLE_ROLES.map((role) => [
      role,
      {
        type: 'object',
        additionalProperties: false,
        required: ['definitions', 'serviceLines'],
        properties: {
          definitions: {
            type: 'array',
            items: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' },
            maxItems: 20,
            uniqueItems: true,
          },
          serviceLines: { type: 'array', items: { ...shown, maxLength: 64 }, maxItems: 10, uniqueItems: true },
        },
      },
    ]),
  ),
} as const;
const limit = { type: 'integer', minimum: 1, maximum: 1000 } as const;
const states = {
  type: 'string',
  pattern:
    '^(accepted|processing|waiting|parked|done|dead|discarded|quarantined|unrouted|resend)' +
    '(,(accepted|processing|waiting|parked|done|dead|discarded|quarantined|unrouted|resend)){0,9}$',
} as const;

const body = (properties: Readonly<Record<string, object>>, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

/** A query: all optional; numbers come as text and are coerced. */
const query = (properties: Readonly<Record<string, object>>) => body(properties, []);

/** Version of what was looked at. */
const seen = { type: 'integer', minimum: 1, maximum: 1_000_000_000 } as const;
/** Role, unit or person, as the roster and definitions name them. */
const who = { ...shown, maxLength: 100 } as const;
const orNull = (one: object) => ({ anyOf: [{ type: 'null' }, one] });
const problemStates = '(open|looked-at|mended|as-intended|duplicate)';
const problemKind = {
  type: 'string',
  enum: ['false-positive', 'missing-task', 'wrong-person', 'wrong-priority', 'wrong-content', 'too-late', 'other'],
} as const;
const taskReason = body(
  {
    code: { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,64}$' },
    text: orNull({ type: 'string', maxLength: 500 }),
  },
  ['code'],
);
const taskStates =
  '(draft|requested|received|accepted|rejected|ready|in-progress|on-hold|completed|failed|cancelled|entered-in-error)';

const manyLines = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength, pattern: '\\S' }) as const;
const hash = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const definitionName = { type: 'string', pattern: '^(?:_shared|[a-z][a-z0-9-]{0,62})$' } as const;
const base64 = (maxLength: number) => ({ type: 'string', maxLength, pattern: '^[A-Za-z0-9+/]*={0,2}$' }) as const;
/** A DSSE envelope; what it holds is read, and its signatures are judged, by `governance/bundle`. */
const envelope = body({
  payloadType: { type: 'string', minLength: 1, maxLength: 200 },
  payload: { type: 'string', minLength: 4, maxLength: 2_000_000 },
  signatures: {
    type: 'array',
    minItems: 1,
    maxItems: 50,
    items: body({
      keyid: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      sig: { type: 'string', minLength: 88, maxLength: 88 },
    }),
  },
});
const digits = { type: 'string', pattern: '^\\d{1,20}$' } as const;
/** What audit entries are wanted (`AuditFilter`), and messages that were found before. */
const auditFilter = {
  q: { type: 'string', minLength: 1, maxLength: 200 },
  actor: { type: 'string', minLength: 1, maxLength: 128 },
  type: { type: 'string', pattern: '^[a-z][a-z0-9-]*\\.([a-z0-9-]+|\\*)$' },
  definition: word,
  message: word,
  proposal: word,
  environment: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,63}$' },
  since: time,
  until: time,
  messages: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,128}(,[A-Za-z0-9_.-]{1,128}){0,199}$' },
} as const;

/** Made anew for each look, which is recorded once. */
const use = { type: 'string', pattern: '^[\\w-]{8,64}$' } as const;

/** R4 2.24.0.1 */
const fhirId = { type: 'string', pattern: '^[A-Za-z0-9.-]{1,64}$' } as const;

/** Of something that people change: whoever was slower has seen an older one. */
const version = { type: 'integer', minimum: 1, maximum: 1e9 } as const;
const alertFilter = {
  policy: word,
  definition: definitionName,
  message: id,
  since: time,
  before: time,
  limit,
} as const;

export const SCHEMAS = {
  // The runtime reads the table itself; how large a body is, is limited before.
  ruleTableCheck: body({ content: { type: 'object' }, trial: { type: 'object' } }, ['content']),
  ruleTableSave: body({ content: { type: 'object' }, base: hash }),
  sampleValues: body({ content: { type: 'object' }, message: id, use }),
  coverage: query({ messages: { type: 'integer', minimum: 1, maximum: 1000 } }),
  signed: body({ envelope }),
  release: body({ entry: envelope, drain: { type: 'boolean' } }),
  releasePlan: body({ bundle: hash, kind: { type: 'string', enum: ['order', 'break-glass'] } }),
  pull: query({ after: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } }),
  login: body(
    {
      username: { type: 'string', minLength: 1, maxLength: 64 },
      password,
      code,
    },
    ['username', 'password'],
  ),
  secondFactorBegin: body({ password }),
  secondFactorConfirm: body({ code }),
  fullProof: body({ password, code }),
  passwordChange: body({
    current: { type: 'string', minLength: 1, maxLength: 256 },
    next: { type: 'string', minLength: 12, maxLength: 256 },
  }),
  newPerson: body({ username: { type: 'string', pattern: USERNAME }, displayName: shown, roles, limits }, [
    'username',
    'displayName',
    'roles',
  ]),
  personChange: body(
    {
      version: { type: 'integer', minimum: 1 },
      displayName: shown,
      roles,
      limits,
      disabled: { type: 'boolean' },
      reason,
    },
    ['version'],
  ),
  newServiceAccount: body({
    name: { type: 'string', pattern: '^[a-z][a-z0-9.-]{1,39}$' },
    scopes: { type: 'array', items: { type: 'string', enum: SERVICE_SCOPES }, minItems: 1, uniqueItems: true },
    days: { type: 'integer', minimum: 1, maximum: 366 },
  }),
  proposalList: query({
    state: {
      type: 'string',
      pattern:
        '^(draft|open|approved|released|rejected|withdrawn)(,(draft|open|approved|released|rejected|withdrawn)){0,5}$',
    },
    definition: definitionName,
    author: { type: 'string', minLength: 1, maxLength: 100 },
    text: { type: 'string', minLength: 1, maxLength: 128 },
    asks: { type: 'string', enum: ['me'] },
    before: { type: 'integer', minimum: 1, maximum: 1e9 },
    limit,
  }),
  newProposal: body({
    environment: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' },
    definitions: { type: 'array', items: definitionName, maxItems: 500, uniqueItems: true },
    title: { ...shown, maxLength: 120 },
    summary: manyLines(4000),
  }),
  revision: body({ summary: manyLines(4000) }),
  signedWish: body({
    envelope: body({
      payloadType: { type: 'string', minLength: 1, maxLength: 200 },
      payload: base64(48_000),
      signatures: {
        type: 'array',
        minItems: 1,
        maxItems: 1,
        items: body({ keyid: hash, sig: base64(88) }),
      },
    }),
  }),
  comment: body(
    {
      text: manyLines(4000),
      place: {
        anyOf: [
          { type: 'null' },
          body({
            definition: definitionName,
            file: { type: 'string', minLength: 1, maxLength: 200 },
            anchor: { anyOf: [{ type: 'null' }, { type: 'string', minLength: 1, maxLength: 300 }] },
          }),
        ],
      },
    },
    ['text'],
  ),
  takeOver: body({ version: hash }),
  rerun: body({ what: { type: 'string', enum: ['checks', 'scenarios'] } }),
  keyFile: body({
    kind: { type: 'string', const: 'signing-key' },
    format: { type: 'integer', const: 1 },
    id: hash,
    person: { type: 'string', minLength: 1, maxLength: 100 },
    publicKey: base64(44),
    wrapped: body({
      kdf: { type: 'string', maxLength: 40 },
      rounds: { type: 'integer', minimum: 1, maximum: 10_000_000 },
      salt: base64(100),
      cipher: { type: 'string', maxLength: 40 },
      iv: base64(100),
      data: base64(400),
    }),
  }),
  outline: body(
    {
      text: { type: 'string', minLength: 1, maxLength: LARGEST_OUTLINED },
      bytes: base64(Math.ceil(LARGEST_OUTLINED / 3) * 4),
      message: { type: 'integer', minimum: 0, maximum: 1_000_000 },
      from: { type: 'integer', minimum: 0, maximum: 10_000_000 },
      most: { type: 'integer', minimum: 1, maximum: 500 },
      find: { type: 'string', minLength: 1, maxLength: 100 },
      empties: { type: 'boolean' },
      advise: { type: 'boolean' },
    },
    [],
  ),
  nothing: query({}),
  sampleList: query({ feed: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' } }),
  pin: body({
    name: {
      type: 'string',
      minLength: 1,
      maxLength: 60,
      pattern: '^[\\p{L}\\p{N}](?:[\\p{L}\\p{N} -]*[\\p{L}\\p{N}])?$',
    },
  }),
  look: body({ use }),
  fhirLook: body(
    {
      endpoint: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' },
      definition: definitionName,
      operation: { type: 'string', enum: ['read', 'vread', 'search', 'history'] },
      type: { type: 'string', pattern: '^[A-Z][A-Za-z]{1,63}$' },
      id: fhirId,
      version: fhirId,
      since: { type: 'string', minLength: 1, maxLength: 40 },
      parameters: {
        type: 'array',
        minItems: 1,
        maxItems: 20,
        items: body({
          name: { type: 'string', pattern: '^[A-Za-z_][\\w:.-]{0,99}$' },
          value: { type: 'string', minLength: 1, maxLength: 500 },
        }),
      },
    },
    ['endpoint', 'operation', 'type'],
  ),
  messageList: query({
    state: states,
    feed: { type: 'string', minLength: 1, maxLength: 64 },
    type: { type: 'string', pattern: '^[A-Za-z0-9^_*]{1,32}$' },
    q: { type: 'string', minLength: 1, maxLength: 128 },
    since: time,
    until: time,
    before: time,
    limit,
  }),
  identifierSearch: body(
    {
      kind: { type: 'string', enum: ['patient', 'order', 'visit'] },
      value: { type: 'string', minLength: 1, maxLength: 128 },
      before: time,
      limit,
    },
    ['kind', 'value'],
  ),
  reason: body({ reason }),
  fallback: body({ seen: { type: 'integer', minimum: 0 }, reason }),
  heldList: query({ definition: word, after: { type: 'string', minLength: 1, maxLength: 11 }, limit }),
  heldDecision: body(
    {
      work: {
        type: 'array',
        minItems: 1,
        maxItems: 200,
        items: { type: 'string', minLength: 1, maxLength: 128 },
      },
      decision: { type: 'string', enum: ['process', 'put-aside'] },
      reason,
      newerKnown: { type: 'boolean' },
    },
    ['work', 'decision', 'reason'],
  ),
  switchRequest: body(
    {
      kind: { type: 'string', enum: ['feed', 'endpoint', 'definition', 'lane'] },
      name: word,
      mode: { type: 'string', enum: ['hold', 'refuse', 'close'] },
      reason,
      from: time,
      until: time,
    },
    ['kind', 'name', 'mode', 'reason'],
  ),
  deadLetters: body(
    {
      filter: body(
        {
          code: word,
          definition: word,
          feed: word,
          type: word,
          since: time,
          until: time,
          deadBefore: time,
          after: time,
        },
        [],
      ),
      reason,
    },
    ['filter'],
  ),
  quarantine: body({ filter: body({ code: word, feed: word, quarantinedBefore: time, after: time }, []), reason }, [
    'filter',
  ]),
  identityList: query({
    state: { type: 'string', pattern: '^(open|same|different|withdrawn)(,(open|same|different|withdrawn)){0,3}$' },
    message: id,
    before: time,
    limit,
  }),
  identityLinks: query({ message: id, before: time, limit }),
  identityAnswer: body(
    { seen: time, answer: { type: 'string', enum: ['same', 'different', 'later'] }, survivor: id, reason },
    ['seen', 'answer', 'reason'],
  ),
  identityUndoing: body({ seen: time, reason }),
  differenceList: query({
    state: { type: 'string', pattern: '^(alike|open|gone|settled)(,(alike|open|gone|settled)){0,3}$' },
    endpoint: word,
    message: id,
    definition: definitionName,
    before: time,
    limit,
  }),
  differenceSettling: body({ seen: time, how: { type: 'string', enum: ['accepted', 'mended', 'again'] }, reason }),
  effectDecision: body({ outcome: { type: 'string', enum: ['done', 'failed'] }, reason }),
  series: query({ since: time, until: time }),
  optionalReason: body({ reason }, []),
  discard: body(
    { reason, all: { type: 'boolean' }, work: { type: 'array', items: id, minItems: 1, maxItems: 200 } },
    [],
  ),
  dryRun: query({ dryRun: { type: 'string', enum: ['1'] } }),
  taskList: query({
    view: { type: 'string', enum: ['mine', 'unit', 'all'] },
    state: { type: 'string', pattern: `^${taskStates}(,${taskStates}){0,11}$` },
    unit: who,
    role: who,
    person: who,
    code: word,
    definition: definitionName,
    message: id,
    overdue: { type: 'string', enum: ['1'] },
    order: { type: 'string', enum: ['due', 'newest-first'] },
    after: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,100}$' },
    limit,
  }),
  taskSearch: body({ words: { type: 'string', pattern: '\\S', maxLength: 128 } }),
  taskClaim: body({ seen }),
  taskStep: body({ seen, step: { type: 'string', pattern: '^[a-z-]{1,32}$' }, reason: taskReason }, ['seen', 'step']),
  taskAssign: body({
    seen,
    to: body({ role: orNull(who), unit: orNull(who), person: orNull(who) }, []),
    reason: taskReason,
  }),
  taskPart: body(
    {
      seen,
      part: { type: 'string', minLength: 1, maxLength: 100 },
      to: { type: 'string', enum: ['open', 'done', 'skipped'] },
      reason: taskReason,
    },
    ['seen', 'part', 'to'],
  ),
  taskComment: body({ text: manyLines(4000) }),
  taskOverride: body({ seen, what: manyLines(500), instead: manyLines(500), reason: taskReason }),
  taskEhr: body({ seen, side: { type: 'string', enum: ['ours', 'theirs'] }, reason: manyLines(500) }),
  problemList: query({
    state: { type: 'string', pattern: `^${problemStates}(,${problemStates}){0,4}$` },
    kind: problemKind,
    message: id,
    definition: definitionName,
    mine: { type: 'string', enum: ['1'] },
    since: time,
    before: time,
    limit,
  }),
  newProblem: body({ kind: problemKind, text: manyLines(4000), messageId: id, taskId: id, alertId: id }, [
    'kind',
    'text',
  ]),
  problemChange: body(
    {
      seen,
      state: { type: 'string', pattern: `^${problemStates}$` },
      assignee: orNull(who),
      answer: manyLines(4000),
      proposal: orNull(word),
    },
    ['seen'],
  ),
  roster: query({ at: time, role: who, unit: who, person: who }),
  escalationList: query({
    state: {
      type: 'string',
      pattern: '^(open|acknowledged|cancelled|exhausted)(,(open|acknowledged|cancelled|exhausted)){0,3}$',
    },
    message: id,
    limit,
  }),
  shiftReport: body(
    { from: time, to: time, zone: { ...shown, maxLength: 64 }, serviceLine: { ...shown, maxLength: 64 } },
    ['from', 'to', 'zone'],
  ),
  alertList: query({
    state: {
      type: 'string',
      pattern: '^(open|acknowledged|closed|resolved)(,(open|acknowledged|closed|resolved)){0,3}$',
    },
    ...alertFilter,
  }),
  heldBackList: query(alertFilter),
  seen: body({ seen: version }),
  alertAct: body({ seen: version, what: { ...shown, maxLength: 500 } }),
  alertClose: body(
    {
      seen: version,
      dismissal: body(
        {
          reason: { type: 'string', enum: ['false-positive', 'duplicate', 'not-actionable', 'other'] },
          text: { ...shown, maxLength: 500 },
        },
        ['reason'],
      ),
    },
    ['seen'],
  ),
  auditSearch: query({ ...auditFilter, cursor: digits, limit: { type: 'integer', minimum: 1, maximum: 500 } }),
  auditDays: query({ ...auditFilter, edges: { type: 'string', pattern: '^\\d{1,16}(,\\d{1,16}){1,400}$' } }),
  auditExport: query({
    ...auditFilter,
    format: { type: 'string', enum: ['jsonl', 'fhir'] },
    partial: { type: 'string', enum: ['1'] },
  }),
  auditFind: body({
    kind: { type: 'string', enum: ['patient', 'order', 'visit'] },
    value: { type: 'string', minLength: 1, maxLength: 128 },
  }),
  auditList: query({
    message: id,
    type: { type: 'string', pattern: '^[a-z0-9.*-]{1,64}$' },
    actor: { type: 'string', minLength: 1, maxLength: 80 },
    since: time,
    until: time,
    before: time,
    limit,
  }),
} as const;
export type SchemaName = keyof typeof SCHEMAS;
