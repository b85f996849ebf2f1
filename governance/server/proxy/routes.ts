/** All of a runtime that can be reached through the console. What is not here does not exist for a browser. */
import type { Permission } from '../../api/permissions.ts';
import type { BodyName } from '../http/validate.ts';
import type { SchemaName } from '../../api/schemas.ts';

export interface ProxyRoute {
  readonly method: 'GET' | 'POST';
  /** Express path below `/runtimes/:runtime`; each `:part` must look like an id. */
  readonly path: string;
  readonly permission: Permission;
  /** Needed besides: it shows what one permission is about, and does what the other is about. */
  readonly also?: Permission;
  /** Needed besides in an environment where approved flows run: what is read there is real. */
  readonly gated?: Permission;
  readonly query?: SchemaName;
  readonly body?: BodyName;
  /** `bytes` and `lines`: handed on as a download, whatever the runtime calls it. `audit`: with each record in words. */
  /**
   * The runtime shows and does no more than the part that the caller answers for. Without it the route is of the whole
   * runtime, and refused to whoever has its permission for a part only.
   */
  readonly narrowed?: true;
  readonly answer?: 'json' | 'bytes' | 'lines' | 'audit';
}

export const PROXY_ROUTES: readonly ProxyRoute[] = [
  { method: 'GET', path: '/status', permission: 'status:read', narrowed: true },
  { method: 'GET', path: '/messages', permission: 'message:list', narrowed: true, query: 'messageList' },
  { method: 'GET', path: '/messages/:id', permission: 'message:read', narrowed: true },
  { method: 'GET', path: '/messages/:id/raw', permission: 'message:read-body', narrowed: true, answer: 'bytes' },
  { method: 'POST', path: '/hl7/outline', permission: 'message:read', narrowed: true, body: 'outline' },
  { method: 'GET', path: '/samples', permission: 'message:read', narrowed: true, query: 'sampleList' },
  { method: 'POST', path: '/messages/:id/pin', permission: 'sample:pin', narrowed: true, body: 'pin' },
  { method: 'POST', path: '/messages/:id/unpin', permission: 'sample:pin', narrowed: true },
  { method: 'POST', path: '/samples/:id/look', permission: 'message:read-body', narrowed: true, body: 'look' },
  {
    method: 'POST',
    path: '/fhir-looks',
    permission: 'fhir:look',
    gated: 'message:read-body',
    narrowed: true,
    body: 'fhirLook',
  },
  {
    method: 'POST',
    path: '/messages/:id/redrive',
    permission: 'message:redrive',
    narrowed: true,
    query: 'dryRun',
    body: 'optionalReason',
  },
  { method: 'POST', path: '/messages/:id/release', permission: 'message:release', narrowed: true, body: 'reason' },
  {
    method: 'POST',
    path: '/messages/:id/reread',
    permission: 'message:reread',
    query: 'dryRun',
    body: 'optionalReason',
  },
  {
    method: 'POST',
    path: '/messages/:id/discard',
    permission: 'message:discard',
    narrowed: true,
    query: 'dryRun',
    body: 'discard',
  },
  { method: 'GET', path: '/definitions/:name', permission: 'definition:read' },
  { method: 'GET', path: '/rule-tables', permission: 'definition:read', narrowed: true },
  { method: 'GET', path: '/rule-tables/:definition/:table', permission: 'definition:read', narrowed: true },
  {
    method: 'GET',
    path: '/rule-tables/:definition/:table/coverage',
    permission: 'message:list',
    narrowed: true,
    query: 'coverage',
  },
  {
    method: 'POST',
    path: '/rule-tables/:definition/:table/check',
    permission: 'editor:edit',
    narrowed: true,
    body: 'ruleTableCheck',
  },
  {
    method: 'POST',
    path: '/rule-tables/:definition/:table/sample-values',
    permission: 'message:read-body',
    also: 'editor:edit',
    narrowed: true,
    body: 'sampleValues',
  },
  {
    method: 'POST',
    path: '/rule-tables/:definition/:table',
    permission: 'editor:edit',
    narrowed: true,
    body: 'ruleTableSave',
  },
  { method: 'GET', path: '/escalations', permission: 'escalation:list', narrowed: true, query: 'escalationList' },
  {
    method: 'POST',
    path: '/escalations/:id/acknowledge',
    permission: 'escalation:acknowledge',
    narrowed: true,
    body: 'optionalReason',
  },
  { method: 'GET', path: '/shift-report', permission: 'shift:read', narrowed: true, query: 'shiftReport' },
  { method: 'GET', path: '/alerts', permission: 'alert:list', narrowed: true, query: 'alertList' },
  { method: 'GET', path: '/alerts/held-back', permission: 'alert:list', narrowed: true, query: 'heldBackList' },
  { method: 'GET', path: '/alerts/:id', permission: 'alert:list', narrowed: true },
  { method: 'POST', path: '/alerts/:id/open', permission: 'alert:answer', narrowed: true },
  { method: 'POST', path: '/alerts/:id/acknowledge', permission: 'alert:answer', narrowed: true, body: 'seen' },
  { method: 'POST', path: '/alerts/:id/act', permission: 'alert:answer', narrowed: true, body: 'alertAct' },
  { method: 'POST', path: '/alerts/:id/close', permission: 'alert:answer', narrowed: true, body: 'alertClose' },
  { method: 'GET', path: '/tasks', permission: 'task:list', narrowed: true, query: 'taskList' },
  {
    method: 'POST',
    path: '/tasks/search',
    permission: 'task:list',
    narrowed: true,
    query: 'taskList',
    body: 'taskSearch',
  },
  { method: 'GET', path: '/tasks/:id', permission: 'task:list', narrowed: true },
  { method: 'POST', path: '/tasks/:id/step', permission: 'task:work', narrowed: true, body: 'taskStep' },
  { method: 'POST', path: '/tasks/:id/claim', permission: 'task:work', narrowed: true, body: 'taskClaim' },
  { method: 'POST', path: '/tasks/:id/assign', permission: 'task:assign', narrowed: true, body: 'taskAssign' },
  { method: 'POST', path: '/tasks/:id/part', permission: 'task:work', narrowed: true, body: 'taskPart' },
  { method: 'POST', path: '/tasks/:id/comment', permission: 'task:work', narrowed: true, body: 'taskComment' },
  { method: 'POST', path: '/tasks/:id/override', permission: 'task:override', narrowed: true, body: 'taskOverride' },
  { method: 'POST', path: '/tasks/:id/ehr', permission: 'task:assign', narrowed: true, body: 'taskEhr' },
  { method: 'GET', path: '/problems', permission: 'problem:list', narrowed: true, query: 'problemList' },
  { method: 'GET', path: '/problems/:id', permission: 'problem:list', narrowed: true },
  { method: 'POST', path: '/problems', permission: 'problem:create', narrowed: true, body: 'newProblem' },
  { method: 'POST', path: '/problems/:id', permission: 'problem:triage', narrowed: true, body: 'problemChange' },
  { method: 'GET', path: '/roster', permission: 'roster:read', query: 'roster' },
  { method: 'GET', path: '/fallbacks', permission: 'status:read', narrowed: true },
  {
    method: 'POST',
    path: '/fallbacks/:definition/enter',
    permission: 'fallback:set',
    narrowed: true,
    body: 'fallback',
  },
  {
    method: 'POST',
    path: '/fallbacks/:definition/leave',
    permission: 'fallback:set',
    narrowed: true,
    body: 'fallback',
  },
  { method: 'GET', path: '/held', permission: 'status:read', narrowed: true, query: 'heldList' },
  { method: 'POST', path: '/held/decide', permission: 'review:decide', narrowed: true, body: 'heldDecision' },
  { method: 'GET', path: '/switches', permission: 'status:read', narrowed: true },
  { method: 'POST', path: '/switches', permission: 'switch:set', narrowed: true, body: 'switchRequest' },
  { method: 'POST', path: '/switches/:id/clear', permission: 'switch:set', narrowed: true, body: 'reason' },
  {
    method: 'POST',
    path: '/dead-letters/redrive',
    permission: 'message:redrive',
    narrowed: true,
    query: 'dryRun',
    body: 'deadLetters',
  },
  {
    method: 'POST',
    path: '/dead-letters/discard',
    permission: 'message:discard',
    narrowed: true,
    query: 'dryRun',
    body: 'deadLetters',
  },
  {
    method: 'POST',
    path: '/quarantine/reread',
    permission: 'message:reread',
    query: 'dryRun',
    body: 'quarantine',
  },
  {
    method: 'POST',
    path: '/quarantine/discard',
    permission: 'message:discard',
    query: 'dryRun',
    body: 'quarantine',
  },
  { method: 'GET', path: '/identities', permission: 'identity:list', narrowed: true, query: 'identityList' },
  { method: 'GET', path: '/identities/links', permission: 'identity:list', narrowed: true, query: 'identityLinks' },
  { method: 'GET', path: '/identities/people/:id', permission: 'identity:list' },
  {
    method: 'POST',
    path: '/identities/:id/answer',
    permission: 'identity:decide',
    narrowed: true,
    body: 'identityAnswer',
  },
  {
    method: 'POST',
    path: '/identities/links/:id/undo',
    permission: 'identity:decide',
    narrowed: true,
    body: 'identityUndoing',
  },
  { method: 'GET', path: '/differences', permission: 'operations:read', narrowed: true, query: 'differenceList' },
  {
    method: 'POST',
    path: '/differences/:id/settle',
    permission: 'effect:decide',
    narrowed: true,
    body: 'differenceSettling',
  },
  { method: 'GET', path: '/effects/uncertain', permission: 'operations:read', narrowed: true },
  { method: 'POST', path: '/effects/:key/decide', permission: 'effect:decide', narrowed: true, body: 'effectDecision' },
  { method: 'GET', path: '/metrics/series', permission: 'operations:read', narrowed: true, query: 'series' },
  { method: 'GET', path: '/metrics/queue', permission: 'operations:read', narrowed: true },
  { method: 'GET', path: '/metrics/reasons', permission: 'operations:read', narrowed: true },
  { method: 'GET', path: '/notices', permission: 'notice:list', narrowed: true },
  { method: 'GET', path: '/audit', permission: 'audit:read', query: 'auditList', answer: 'audit' },
  { method: 'GET', path: '/audit/export', permission: 'audit:export', query: 'auditList', answer: 'lines' },
  { method: 'GET', path: '/audit/verify', permission: 'audit:read' },
];
