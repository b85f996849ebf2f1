import { allows, ALL_PERMISSIONS, ROLES } from '../../governance/api/permissions.ts';
import { table } from './cell.ts';

export const permissionsPage = (): string => `# Permissions

Who may do what in the console: what is not listed is refused. The server decides; the screens only hide what it would
refuse. This version makes one account, the administrator; the other roles are for accounts to come.

${table(
  ['permission', ...ROLES],
  ALL_PERMISSIONS.map((permission) => [
    `\`${permission}\``,
    ...ROLES.map((role) => (allows([role], permission) ? 'yes' : '')),
  ]),
)}`;
