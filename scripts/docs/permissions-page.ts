import { allows, ALL_PERMISSIONS, ROLES, SERVICE_SCOPES } from '../../governance/api/permissions.ts';
import { table } from './cell.ts';

export const permissionsPage = (): string => `# Permissions

Who may do what in the console: what is not listed is refused. The server decides; the screens only hide what it would
refuse. How people get roles: [people and roles](../guide/people-and-roles.md). Of these, service accounts can have
${SERVICE_SCOPES.map((scope) => `\`${scope}\``).join(', ')}.

${table(
  ['permission', ...ROLES],
  ALL_PERMISSIONS.map((permission) => [
    `\`${permission}\``,
    ...ROLES.map((role) => (allows([role], permission) ? 'yes' : '')),
  ]),
)}`;
