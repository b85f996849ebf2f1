/** Limits of roles, kept in one form and said in words. */
import { LIMITABLE_ROLES, type Limit, type Limits, type Role } from '../api/permissions.ts';

/** Each name once, always in the same order: two that say the same are the same. */
export function tidyLimits(limits: Limits): Limits {
  return Object.fromEntries(
    LIMITABLE_ROLES.flatMap((role) => {
      const limit = limits[role];
      return limit ? [[role, { definitions: tidy(limit.definitions), serviceLines: tidy(limit.serviceLines) }]] : [];
    }),
  );
}

export function isSameLimit(one: Limit | undefined, other: Limit | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** `operator (for critical-lab-result; service lines Laboratory), reviewer`. */
export function spokenRoles({ roles, limits }: { readonly roles: readonly Role[]; readonly limits: Limits }): string {
  return roles.length === 0 ? 'none' : roles.map((role) => spokenRole(role, limits[role])).join(', ');
}

function spokenRole(role: Role, limit: Limit | undefined): string {
  if (!limit) return role;
  const { definitions, serviceLines } = limit;
  const parts = [
    ...(definitions.length > 0 ? [definitions.join(', ')] : []),
    ...(serviceLines.length > 0 ? [`service lines ${serviceLines.join(', ')}`] : []),
  ];
  return `${role} (for ${parts.length === 0 ? 'nothing' : parts.join('; ')})`;
}

function tidy(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => name.trim()))].toSorted();
}
