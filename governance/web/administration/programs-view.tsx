import { Button, Checkbox, Drawer, NumberInput, Stack, TextInput } from '@mantine/core';
import { Bot } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { SERVICE_SCOPES, type ServiceScope } from '../../api/permissions.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { useSession } from '../session/session.ts';
import { moment } from '../time/duration.ts';
import classes from './administration.module.css';
import { useCreateProgram, usePrograms, useRevokeProgram } from './queries.ts';
import { SCOPE_WORDS } from './roles.ts';
import { SecretOnce } from './secret-once.tsx';

/** Service accounts: what programs may ask, and until when. */
export function ProgramsView() {
  const { may } = useSession();
  const manages = may('service-account:manage');
  const programs = usePrograms();
  const revoke = useRevokeProgram();
  const now = Date.now();
  if (programs.isPending) return <LoadingRows rows={4} />;
  if (!programs.data) return <ProblemNotice error={programs.error} retry={() => void programs.refetch()} />;
  const { accounts } = programs.data;
  if (accounts.length === 0)
    return (
      <EmptyState icon={Bot} title="No program has an account">
        A service account lets a program of yours, such as monitoring, ask the console: only what you choose, and not
        for ever.
      </EmptyState>
    );
  return (
    <section className="panel" aria-label="Service accounts">
      {revoke.isError && <ProblemNotice error={revoke.error} />}
      <ScrollX stacked label="Service accounts, table">
        <table className="plain-table">
          <thead>
            <tr>
              <th>Name</th>
              <th>May</th>
              <th>State</th>
              <th>Last used</th>
              <th>Made by</th>
              <th>
                <span className="visually-hidden">Revoke</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {accounts.map((one) => (
              <tr key={one.id}>
                <td className="mono">{one.name}</td>
                <td>{one.scopes.join(', ')}</td>
                <td className="no-wrap">
                  {one.state === 'active' ? `until ${moment(one.expiresAt, now)}` : one.state}
                </td>
                <td className="no-wrap">{one.lastUsedAt === null ? 'never' : moment(one.lastUsedAt, now)}</td>
                <td>{one.createdBy}</td>
                <td className="number">
                  {manages && one.state === 'active' && (
                    <Button
                      variant="default"
                      size="compact-xs"
                      aria-label={`Revoke ${one.name}`}
                      onClick={() => revoke.mutate(one.id)}
                    >
                      Revoke
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  );
}

export function NewProgramSheet({ onClose }: { readonly onClose: () => void }) {
  const { may } = useSession();
  const [name, setName] = useState('');
  const [days, setDays] = useState(90);
  const [scopes, setScopes] = useState<readonly ServiceScope[]>(['status:read']);
  const create = useCreateProgram();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    create.mutate({ name, scopes, days });
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={440} title="Add a service account">
      {create.data ? (
        <SecretOnce label={`Token of ${create.data.account.name}`} secret={create.data.token} onClose={onClose}>
          Shown only now. The program sends it as “Authorization: Bearer …”.
        </SecretOnce>
      ) : (
        <form className={classes['sheet']} onSubmit={submit}>
          <TextInput
            label="Name"
            description="Small letters, digits, dots: what it is for. It stands in the audit."
            size="sm"
            required
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Checkbox.Group
            label="It may"
            value={[...scopes]}
            onChange={(chosen) => setScopes(SERVICE_SCOPES.filter((scope) => chosen.includes(scope)))}
          >
            <Stack gap={10} mt={6}>
              {SERVICE_SCOPES.filter((scope) => may(scope)).map((scope) => (
                <Checkbox key={scope} value={scope} label={scope} description={SCOPE_WORDS[scope]} />
              ))}
            </Stack>
          </Checkbox.Group>
          <NumberInput
            label="For how many days"
            size="sm"
            min={1}
            max={366}
            allowDecimal={false}
            value={days}
            onChange={(value) => setDays(Number(value))}
          />
          {create.isError && <ProblemNotice error={create.error} />}
          <div className={classes['actions']}>
            <Button variant="default" size="sm" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              size="sm"
              loading={create.isPending}
              disabled={!/^[a-z][a-z0-9.-]{1,39}$/.test(name) || scopes.length === 0 || days < 1}
            >
              Add
            </Button>
          </div>
        </form>
      )}
    </Drawer>
  );
}
