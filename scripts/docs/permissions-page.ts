import {
  allows,
  ALL_PERMISSIONS,
  LIMITABLE_ROLES,
  REACH,
  ROLES,
  SERVICE_SCOPES,
  type Permission,
} from '../../governance/api/permissions.ts';
import { table } from './cell.ts';

const LIMITED = { anywhere: 'everywhere', nowhere: 'no' } as const;

function limited(permission: Permission): string {
  if (!LIMITABLE_ROLES.some((role) => allows([role], permission))) return '';
  const reach = REACH[permission];
  return reach === undefined ? 'its part' : LIMITED[reach];
}

export const permissionsPage = (): string => `# Permissions

Who may do what in the console: what is not listed is refused. The server decides; the screens only hide what it would
refuse. How people get roles: [people and roles](../guide/people-and-roles.md). Of these, service accounts can have
${SERVICE_SCOPES.map((scope) => `\`${scope}\``).join(', ')}.

The last column says what a role does with the permission that is limited to some definitions or service lines: only in
its part, everywhere as if it were not limited, or not at all, because what it opens belongs to the whole runtime.
${LIMITABLE_ROLES.map((role) => `\`${role}\``).join(', ')} can be limited.

${table(
  ['permission', ...ROLES, 'limited'],
  ALL_PERMISSIONS.map((permission) => [
    `\`${permission}\``,
    ...ROLES.map((role) => (allows([role], permission) ? 'yes' : '')),
    limited(permission),
  ]),
)}`;
