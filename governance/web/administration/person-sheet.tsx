import { Button, Drawer, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { PersonView } from '../../api/people-contract.ts';
import { ROLES } from '../../api/permissions.ts';
import { SessionTable } from '../account/session-table.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import classes from './administration.module.css';
import { hasEmptyLimit, LimitChoice } from './limit-choice.tsx';
import { RoleChoice } from './new-person-sheet.tsx';
import {
  useChangePerson,
  useEndSessions,
  useRemoveSecondFactor,
  useResetPerson,
  useSessionsOf,
  useUnlockPerson,
} from './queries.ts';
import { SecretOnce } from './secret-once.tsx';

/** One person: roles, password, sessions. What one may not do to oneself is not offered. */
export function PersonSheet({ person, onClose }: { readonly person: PersonView; readonly onClose: () => void }) {
  const { view, may } = useSession();
  const manages = may('account:manage');
  const own = view.username === person.username;
  const reset = useResetPerson(person.username);
  return (
    <Drawer opened onClose={onClose} position="right" size={520} title={person.displayName}>
      {reset.data ? (
        <SecretOnce label={`One-time password of ${person.username}`} secret={reset.data.password} onClose={onClose}>
          Shown only now. It opens nothing but its own change, and runs out in three days. All sessions were ended.
        </SecretOnce>
      ) : (
        <div className={classes['sheet']}>
          {manages && <Edit key={person.version} person={person} own={own} onClose={onClose} />}
          {manages && !own && (
            <div className={classes['part']}>
              <h2>Password</h2>
              <p className="dim">A new one-time password ends locks and sessions.</p>
              {reset.isError && <ProblemNotice error={reset.error} />}
              <div className={classes['row-actions']} style={{ justifyContent: 'flex-start' }}>
                <Button
                  variant="default"
                  loading={reset.isPending}
                  disabled={person.state === 'disabled'}
                  onClick={() => reset.mutate()}
                >
                  Reset password
                </Button>
                {person.state === 'locked' && <Unlock username={person.username} />}
              </div>
            </div>
          )}
          {manages && !own && person.secondFactor && <SecondFactor username={person.username} />}
          <SessionsOf username={person.username} manages={manages} />
          {manages && !own && <Disable key={`disable ${person.version}`} person={person} />}
        </div>
      )}
    </Drawer>
  );
}

function Edit({
  person,
  own,
  onClose,
}: {
  readonly person: PersonView;
  readonly own: boolean;
  readonly onClose: () => void;
}) {
  const [displayName, setDisplayName] = useState(person.displayName);
  const [roles, setRoles] = useState(person.roles);
  const [limits, setLimits] = useState(person.limits);
  const change = useChangePerson(person.username);
  const say = useSay();
  const rolesChange = ROLES.some((role) => roles.includes(role) !== person.roles.includes(role));
  const limitsChange = JSON.stringify(limits) !== JSON.stringify(person.limits);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const wish = {
      version: person.version,
      displayName: displayName.trim(),
      ...(rolesChange ? { roles } : {}),
      ...(limitsChange ? { limits } : {}),
    };
    change.mutate(wish, {
      onSuccess: () => {
        say(`${person.username} was changed.`);
        onClose();
      },
    });
  };
  return (
    <form className={classes['sheet']} onSubmit={submit}>
      <TextInput
        label="Name"
        size="sm"
        required
        maxLength={80}
        value={displayName}
        onChange={(event) => setDisplayName(event.currentTarget.value)}
      />
      <RoleChoice value={roles} onChange={setRoles} only={own ? person.roles : ROLES} />
      <LimitChoice roles={roles} value={limits} onChange={setLimits} disabled={own} />
      {own && <p className="dim">Nobody gives themselves a role; you can give one up.</p>}
      {(rolesChange || limitsChange) && (
        <p className="dim">Their sessions end, so that they log in with the new roles.</p>
      )}
      {change.isError && <ProblemNotice error={change.error} />}
      <div className={classes['actions']}>
        <Button
          type="submit"
          size="sm"
          loading={change.isPending}
          disabled={
            displayName.trim() === '' ||
            hasEmptyLimit(roles, limits) ||
            (!rolesChange && !limitsChange && displayName.trim() === person.displayName)
          }
        >
          Save
        </Button>
      </div>
    </form>
  );
}

function SecondFactor({ username }: { readonly username: string }) {
  const remove = useRemoveSecondFactor(username);
  const say = useSay();
  return (
    <div className={classes['part']}>
      <h2>Second step at login</h2>
      <p className="dim">
        Remove it only for whom app and recovery codes are gone, and only when you know that it is them: the password
        alone opens the account then. Sessions end.
      </p>
      {remove.isError && <ProblemNotice error={remove.error} />}
      <Button
        variant="default"
        loading={remove.isPending}
        onClick={() =>
          remove.mutate(undefined, { onSuccess: () => say(`The second step of ${username} was removed.`) })
        }
      >
        Remove the second step
      </Button>
    </div>
  );
}

function Unlock({ username }: { readonly username: string }) {
  const unlock = useUnlockPerson(username);
  return (
    <Button variant="default" loading={unlock.isPending} onClick={() => unlock.mutate()}>
      End the lock
    </Button>
  );
}

function SessionsOf({ username, manages }: { readonly username: string; readonly manages: boolean }) {
  const sessions = useSessionsOf(username);
  const end = useEndSessions(username);
  const open = sessions.data?.sessions ?? [];
  return (
    <div className={classes['part']}>
      <h2>Sessions</h2>
      {end.isError && <ProblemNotice error={end.error} />}
      {sessions.isPending && <LoadingRows rows={2} />}
      {sessions.isError && <ProblemNotice error={sessions.error} retry={() => void sessions.refetch()} />}
      {sessions.data && open.length === 0 && <p className="dim">Not logged in anywhere.</p>}
      {open.length > 0 && <SessionTable sessions={open} onEnd={manages ? (id) => end.mutate(id) : null} />}
      {manages && open.length > 1 && (
        <Button variant="default" loading={end.isPending} onClick={() => end.mutate(null)}>
          End all
        </Button>
      )}
    </div>
  );
}

function Disable({ person }: { readonly person: PersonView }) {
  const disabled = person.state === 'disabled';
  const [reason, setReason] = useState('');
  const change = useChangePerson(person.username);
  const wish = { version: person.version, disabled: !disabled };
  return (
    <div className={classes['part']}>
      <h2>{disabled ? 'Disabled' : 'Disable the account'}</h2>
      <p className="dim">
        {disabled
          ? 'It opens nothing. What was done by it keeps its name.'
          : 'It opens nothing any more, and its sessions end. What was done by it keeps its name.'}
      </p>
      {!disabled && (
        <TextInput
          label="Reason"
          description="Recorded in the audit."
          size="sm"
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {change.isError && <ProblemNotice error={change.error} />}
      <Button
        variant="default"
        loading={change.isPending}
        disabled={!disabled && reason.trim().length < 3}
        onClick={() => change.mutate(disabled ? wish : { ...wish, reason: reason.trim() })}
      >
        {disabled ? 'Enable' : 'Disable'}
      </Button>
    </div>
  );
}
