import { Checkbox, TagsInput } from '@mantine/core';
import { LIMITABLE_ROLES, type Limit, type Limits, type Role } from '../../api/permissions.ts';
import { useStatus } from '../api/queries.ts';
import classes from './administration.module.css';

const NOTHING: Limit = { definitions: [], serviceLines: [] };
const MOST_DEFINITIONS = 20;
const MOST_LINES = 10;

/** Where the chosen roles count. */
export function LimitChoice({
  roles,
  value,
  onChange,
  disabled = false,
}: {
  readonly roles: readonly Role[];
  readonly value: Limits;
  readonly onChange: (limits: Limits) => void;
  readonly disabled?: boolean;
}) {
  const known = useStatus().data?.definitions ?? [];
  const limitable = LIMITABLE_ROLES.filter((role) => roles.includes(role));
  if (limitable.length === 0) return null;
  const set = (role: Role, limit: Limit | null): void => {
    const { [role]: _before, ...others } = value;
    onChange(limit ? { ...others, [role]: limit } : others);
  };
  return (
    <fieldset className={classes['limits']}>
      <legend>Where the roles count</legend>
      {limitable.map((role) => {
        const limit = value[role];
        return (
          <div key={role} className={classes['limit']}>
            <Checkbox
              label={`${role}: only for some definitions or service lines`}
              checked={limit !== undefined}
              disabled={disabled}
              onChange={(event) => set(role, event.currentTarget.checked ? NOTHING : null)}
            />
            {limit && (
              <>
                <TagsInput
                  label={`Definitions of the ${role}`}
                  size="sm"
                  disabled={disabled}
                  data={known.map(({ name }) => name).filter((name) => !name.startsWith('_'))}
                  value={[...limit.definitions]}
                  maxTags={MOST_DEFINITIONS}
                  onChange={(definitions) => set(role, { ...limit, definitions })}
                />
                <TagsInput
                  label={`Service lines of the ${role}`}
                  description="All definitions that say they are of it, those to come as well."
                  size="sm"
                  disabled={disabled}
                  data={[...new Set(known.flatMap(({ serviceLine }) => serviceLine ?? []))]}
                  value={[...limit.serviceLines]}
                  maxTags={MOST_LINES}
                  error={isEmpty(limit) ? 'Name a definition or a service line, or the role counts nowhere' : null}
                  onChange={(serviceLines) => set(role, { ...limit, serviceLines })}
                />
              </>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}

/** A limit to nothing is a slip: nobody means a role that counts nowhere. */
export function hasEmptyLimit(roles: readonly Role[], limits: Limits): boolean {
  return roles.some((role) => {
    const limit = limits[role];
    return limit !== undefined && isEmpty(limit);
  });
}

function isEmpty({ definitions, serviceLines }: Limit): boolean {
  return definitions.length + serviceLines.length === 0;
}
