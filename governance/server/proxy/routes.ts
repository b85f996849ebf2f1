/** All of a runtime that can be reached through the console. What is not here does not exist for a browser. */
import type { Permission } from '../../api/permissions.ts';
import type { BodyName } from '../http/validate.ts';
import type { SchemaName } from '../../api/schemas.ts';

export interface ProxyRoute {
  readonly method: 'GET' | 'POST';
  /** Express path below `/runtimes/:runtime`; each `:part` must look like an id. */
  readonly path: string;
  readonly permission: Permission;
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
