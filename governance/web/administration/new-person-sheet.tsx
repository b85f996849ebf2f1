import { Button, Checkbox, Drawer, Stack, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { ROLES, type Limits, type Role } from '../../api/permissions.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { exactTime } from '../time/duration.ts';
import classes from './administration.module.css';
import { hasEmptyLimit, LimitChoice } from './limit-choice.tsx';
import { useCreatePerson } from './queries.ts';
import { ROLE_WORDS } from './roles.ts';
import { SecretOnce } from './secret-once.tsx';

const USERNAME = /^[a-z][a-z0-9._-]{1,39}$/;

export function NewPersonSheet({ onClose }: { readonly onClose: () => void }) {
  const [username, setUsername] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>([]);
  const [limits, setLimits] = useState<Limits>({});
  const create = useCreatePerson();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    create.mutate({ username, displayName: displayName.trim(), roles, limits });
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={440} title="Add a person">
      {create.data ? (
        <SecretOnce
          label={`One-time password of ${create.data.person.displayName}`}
          secret={create.data.password}
          onClose={onClose}
        >
          {`Shown only now. It opens nothing but its own change, and runs out at ${exactTime(create.data.validUntil).slice(0, -7)}.`}
        </SecretOnce>
      ) : (
        <form className={classes['sheet']} onSubmit={submit}>
          <TextInput
            label="Name"
            description="As others see it."
            size="sm"
            required
            maxLength={80}
            data-autofocus
            value={displayName}
            onChange={(event) => setDisplayName(event.currentTarget.value)}
          />
          <TextInput
            label="User name"
            description="Small letters, digits, dots. It stands in every record and never changes."
            size="sm"
            required
            autoCapitalize="none"
            spellCheck={false}
            error={username !== '' && !USERNAME.test(username) ? 'Begin with a small letter; at least two signs' : null}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <RoleChoice value={roles} onChange={setRoles} />
          <LimitChoice roles={roles} value={limits} onChange={setLimits} />
          {create.isError && <ProblemNotice error={create.error} />}
          <div className={classes['actions']}>
            <Button variant="default" size="sm" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              size="sm"
              loading={create.isPending}
              disabled={!USERNAME.test(username) || displayName.trim() === '' || hasEmptyLimit(roles, limits)}
            >
              Add
            </Button>
          </div>
        </form>
      )}
    </Drawer>
  );
}

/** `only`: what may be chosen; the rest is shown, and cannot be given. */
export function RoleChoice({
  value,
  onChange,
  only = ROLES,
}: {
  readonly value: readonly Role[];
  readonly onChange: (roles: readonly Role[]) => void;
  readonly only?: readonly Role[];
}) {
  return (
    <Checkbox.Group
      label="Roles"
      value={[...value]}
      onChange={(chosen) => onChange(ROLES.filter((role) => chosen.includes(role)))}
    >
      <Stack gap={10} mt={6}>
        {ROLES.map((role) => (
          <Checkbox
            key={role}
            value={role}
            label={role}
            description={ROLE_WORDS[role]}
            disabled={!only.includes(role)}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
