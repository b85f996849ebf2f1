/** Who may do what: one table, deny by default. The server decides; the web app only hides what would be refused. */
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
  'message:list': ['administrator', 'analyst', 'engineer', 'operator', 'coordinator', 'auditor', 'clinical-governance'],
  'message:read': ['administrator', 'analyst', 'engineer', 'operator', 'coordinator', 'auditor', 'clinical-governance'],
  'message:search-identifier': ['administrator', 'operator', 'coordinator', 'auditor'],
  'message:read-body': ['administrator', 'operator', 'auditor'],
  'message:redrive': ['administrator', 'operator'],
  'message:discard': ['administrator', 'operator'],
  'message:release': ['administrator', 'operator'],
  'message:reread': ['administrator', 'operator'],
  'operations:read': ['administrator', 'analyst', 'engineer', 'operator', 'auditor', 'clinical-governance'],
  'switch:set': ['administrator', 'operator'],
  'effect:decide': ['administrator', 'operator'],
  'escalation:list': [
    'administrator',
    'analyst',
    'engineer',
    'operator',
    'coordinator',
    'auditor',
    'clinical-governance',
  ],
  'escalation:acknowledge': ['administrator', 'operator', 'coordinator'],
  'audit:read': ['administrator', 'auditor', 'clinical-governance'],
  'audit:export': ['administrator', 'auditor'],
  'editor:open': ['administrator', 'analyst', 'engineer'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof PERMISSIONS;

export const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as readonly Permission[];

export function allows(roles: readonly Role[], permission: Permission): boolean {
  const allowed: readonly Role[] = PERMISSIONS[permission];
  return roles.some((role) => allowed.includes(role));
}

export function permissionsOf(roles: readonly Role[]): readonly Permission[] {
  return ALL_PERMISSIONS.filter((permission) => allows(roles, permission));
}
