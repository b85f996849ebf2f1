/**
 * Who may do what: one table, deny by default. The server decides; the web app only hides what would be refused. No role
 * has everything: an administrator manages accounts, and does with messages and flows what another of their roles allows.
 */
export const ROLES = [
  ...(['administrator', 'analyst', 'reviewer', 'clinical-governance'] as const),
  ...(['engineer', 'operator', 'coordinator', 'auditor'] as const),
] as const;
export type Role = (typeof ROLES)[number];

const everybody: readonly Role[] = ROLES;

export const PERMISSIONS = {
  'status:read': everybody,
  'definition:read': everybody,
  'notice:list': everybody,
  'message:list': ['analyst', 'engineer', 'operator', 'coordinator', 'auditor', 'clinical-governance'],
  'message:read': ['analyst', 'engineer', 'operator', 'coordinator', 'auditor', 'clinical-governance'],
  'message:search-identifier': ['operator', 'coordinator', 'auditor'],
  'message:read-body': ['operator', 'auditor'],
  // A reference only: values are seen through it with `message:read-body` alone.
  'sample:pin': ['analyst', 'engineer', 'operator'],
  // Whoever may build a flow that reads could see as much there. Where flows only run, 'message:read-body' is needed besides.
  'fhir:look': ['analyst', 'engineer', 'operator'],
  'message:redrive': ['operator'],
  'message:discard': ['operator'],
  'message:release': ['operator'],
  'message:reread': ['operator'],
  'operations:read': ['administrator', 'analyst', 'engineer', 'operator', 'auditor', 'clinical-governance'],
  'switch:set': ['operator'],
  'effect:decide': ['operator'],
  'escalation:list': ['analyst', 'engineer', 'operator', 'coordinator', 'auditor', 'clinical-governance'],
  'escalation:acknowledge': ['operator', 'coordinator'],
  'task:list': ['analyst', 'engineer', 'operator', 'coordinator', 'auditor', 'clinical-governance'],
  // The roster says whose turn it is; these may act at all.
  'task:work': ['operator', 'coordinator'],
  'task:assign': ['operator', 'coordinator'],
  'task:override': ['coordinator'],
  'alert:list': ['analyst', 'engineer', 'operator', 'coordinator', 'auditor', 'clinical-governance'],
  'alert:answer': ['operator', 'coordinator'],
  'problem:create': ['analyst', 'engineer', 'operator', 'coordinator', 'clinical-governance'],
  // What people wrote about a patient.
  'problem:list': ['analyst', 'engineer', 'operator', 'coordinator', 'clinical-governance'],
  'problem:triage': ['analyst', 'engineer', 'operator'],
  // Names of elements, and the masked hints that `message:list` gives; whom it is about is seen in the messages.
  'identity:list': ['operator', 'coordinator', 'auditor', 'clinical-governance'],
  'identity:decide': ['operator', 'coordinator'],
  'shift:read': ['administrator', 'analyst', 'engineer', 'operator', 'coordinator', 'auditor', 'clinical-governance'],
  'roster:read': ['administrator', 'operator', 'coordinator', 'auditor'],
  'fallback:set': ['operator'],
  'review:decide': ['operator', 'coordinator'],
  'audit:read': ['administrator', 'auditor', 'clinical-governance'],
  'audit:export': ['administrator', 'auditor'],
  'proposal:read': everybody,
  'proposal:create': ['analyst', 'engineer'],
  'proposal:comment': ['analyst', 'reviewer', 'clinical-governance', 'engineer', 'operator', 'coordinator'],
  // Whether an approval counts decides the policy; these may try.
  'proposal:approve': ['reviewer', 'clinical-governance', 'engineer'],
  'release:read': everybody,
  'release:order': ['operator'],
  'trust:read': everybody,
  'trust:propose': ['clinical-governance', 'engineer', 'operator'],
  'editor:view': everybody,
  'editor:edit': ['analyst', 'engineer'],
  'account:list': ['administrator', 'auditor'],
  'account:manage': ['administrator'],
  'service-account:list': ['administrator', 'auditor'],
  'service-account:manage': ['administrator'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof PERMISSIONS;

export const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as readonly Permission[];

/**
 * What a program may be given: figures, records, and stopping things for maintenance. Whatever shows or decides about a
 * patient, and whatever is about people, stays with people.
 */
export const SERVICE_SCOPES = [
  ...(['status:read', 'definition:read', 'operations:read', 'notice:list'] as const),
  ...(['audit:read', 'audit:export', 'switch:set', 'release:read'] as const),
] as const satisfies readonly Permission[];
export type ServiceScope = (typeof SERVICE_SCOPES)[number];

/**
 * Where a role counts when an administrator has limited it: in these definitions, and in all of these service lines. A role
 * without a limit counts everywhere.
 */
export interface Limit {
  readonly definitions: readonly string[];
  /** As the definitions' intents say (`serviceLine`); capitals do not matter. */
  readonly serviceLines: readonly string[];
}
export type Limits = Readonly<Partial<Record<Role, Limit>>>;

/** Accounts and the audit are of the whole house: these roles cannot be limited. */
export const LIMITABLE_ROLES = [
  ...(['analyst', 'reviewer', 'clinical-governance', 'engineer', 'operator', 'coordinator'] as const),
] as const satisfies readonly Role[];

/** What a permission is used on, as far as it is known. Nothing of it known: it belongs to nobody's part. */
export interface Target {
  readonly definition?: string;
  readonly serviceLine?: string;
}

/** `all`, or where a permission counts; empty lists: nowhere. */
export type Scope = 'all' | Limit;

/**
 * What a limited role does with a permission: `anywhere` as if there were no limit (what a definition says, or is to say, is no
 * secret in the house), `nowhere` (it is of the whole runtime, or of what no definition has read). All others follow the limit.
 */
export const REACH: Readonly<Partial<Record<Permission, 'anywhere' | 'nowhere'>>> = {
  'definition:read': 'anywhere',
  'editor:view': 'anywhere',
  'proposal:read': 'anywhere',
  'proposal:comment': 'anywhere',
  'message:reread': 'nowhere',
  'audit:read': 'nowhere',
  'audit:export': 'nowhere',
  // Staff, not patients: whoever may assign in a part sees who is on.
  'roster:read': 'anywhere',
  'release:read': 'anywhere',
  'release:order': 'nowhere',
  'trust:read': 'anywhere',
  'trust:propose': 'nowhere',
};

export function allows(roles: readonly Role[], permission: Permission): boolean {
  const allowed: readonly Role[] = PERMISSIONS[permission];
  return roles.some((role) => allowed.includes(role));
}

/** What somebody may do somewhere. */
export function permissionsOf(roles: readonly Role[], limits: Limits = {}): readonly Permission[] {
  return ALL_PERMISSIONS.filter((permission) => !isNowhere(scopeFor(roles, limits, permission)));
}

/** Where somebody with these roles has the permission: the roles that give it, put together. */
export function scopeFor(roles: readonly Role[], limits: Limits, permission: Permission): Scope {
  const giving = roles.filter((role) => allows([role], permission));
  const reach = REACH[permission];
  if (giving.length > 0 && reach === 'anywhere') return 'all';
  if (giving.some((role) => limits[role] === undefined)) return 'all';
  const parts = reach === 'nowhere' ? [] : giving.map((role) => limits[role]);
  return {
    definitions: [...new Set(parts.flatMap((part) => part?.definitions ?? []))].toSorted(),
    serviceLines: [...new Set(parts.flatMap((part) => part?.serviceLines ?? []))].toSorted(),
  };
}

/** Whether a target is in a scope. Of what belongs to no definition only `all` has anything. */
export function covers(scope: Scope, target: Target): boolean {
  if (scope === 'all') return true;
  const { definition, serviceLine } = target;
  if (definition !== undefined && scope.definitions.includes(definition)) return true;
  return serviceLine !== undefined && scope.serviceLines.some((line) => plainLine(line) === plainLine(serviceLine));
}

export function isNowhere(scope: Scope): boolean {
  return scope !== 'all' && scope.definitions.length === 0 && scope.serviceLines.length === 0;
}

/** People write "Laboratory" and "laboratory ". */
function plainLine(line: string): string {
  return line.normalize('NFKC').trim().toLowerCase();
}
