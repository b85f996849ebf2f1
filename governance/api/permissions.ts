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
  'message:redrive': ['operator'],
  'message:discard': ['operator'],
  'message:release': ['operator'],
  'message:reread': ['operator'],
  'operations:read': ['administrator', 'analyst', 'engineer', 'operator', 'auditor', 'clinical-governance'],
  'switch:set': ['operator'],
  'effect:decide': ['operator'],
  'escalation:list': ['analyst', 'engineer', 'operator', 'coordinator', 'auditor', 'clinical-governance'],
  'escalation:acknowledge': ['operator', 'coordinator'],
  'audit:read': ['administrator', 'auditor', 'clinical-governance'],
  'audit:export': ['administrator', 'auditor'],
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
  ...(['audit:read', 'audit:export', 'switch:set'] as const),
] as const satisfies readonly Permission[];
export type ServiceScope = (typeof SERVICE_SCOPES)[number];

export function allows(roles: readonly Role[], permission: Permission): boolean {
  const allowed: readonly Role[] = PERMISSIONS[permission];
  return roles.some((role) => allowed.includes(role));
}

export function permissionsOf(roles: readonly Role[]): readonly Permission[] {
  return ALL_PERMISSIONS.filter((permission) => allows(roles, permission));
}
