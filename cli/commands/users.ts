/** Accounts of the console, managed in the data folder itself: whoever may write there needs no login. */
import { ROLES, type Role } from '../../governance/api/permissions.ts';
import type { OneTimePassword, PersonView } from '../../governance/api/people-contract.ts';
import { openPeople } from '../../governance/server/local-people.ts';
import type { People } from '../../governance/server/people.ts';
import { validBody } from '../../governance/server/http/validate.ts';
import { spokenRoles } from '../../governance/server/role-limits.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { columns, dateTime, json, safe } from '../terminal.ts';

const STATES: Readonly<Record<PersonView['state'], string>> = {
  active: 'active',
  disabled: 'disabled',
  locked: 'locked for a while',
  'one-time-password': 'has not chosen a password',
};

export async function listUsers(io: Io, options: { readonly json?: boolean }): Promise<void> {
  await withPeople(io, (people) => {
    const all = people.list();
    if (options.json === true) io.out(json({ people: all }));
    else
      io.out(
        columns([
          ['user name', 'state', 'last login', 'second step', 'roles', 'name'],
          ...all.map(({ username, displayName, roles, limits, state, secondFactor, lastLoginAt }) => [
            username,
            STATES[state],
            dateTime(lastLoginAt),
            secondFactor ? 'yes' : 'no',
            spokenRoles({ roles, limits }),
            displayName,
          ]),
        ]),
      );
  });
}

export async function addUser(
  io: Io,
  username: string,
  options: { readonly name?: string; readonly role: readonly string[] },
): Promise<void> {
  const roles = options.role.map(roleOf);
  const person = validBody('newPerson', {
    username,
    displayName: options.name ?? username,
    roles: [...new Set(roles)],
  });
  await withPeople(io, async (people) => tell(io, await people.create(io.actor(), person)));
}

export async function resetUser(io: Io, username: string): Promise<void> {
  await withPeople(io, async (people) => tell(io, await people.reset(io.actor(), username)));
}

export async function removeSecondFactor(io: Io, username: string): Promise<void> {
  await withPeople(io, (people) => void people.removeSecondFactor(io.actor(), username));
  io.out(`${safe(username)} logs in by the password alone now; their sessions have ended.\n`);
}

export async function disableUser(io: Io, username: string, options: { readonly reason?: string }): Promise<void> {
  await setDisabled(io, username, true, options.reason);
  io.out(`${safe(username)} is disabled; their sessions have ended.\n`);
}

export async function enableUser(io: Io, username: string): Promise<void> {
  await setDisabled(io, username, false);
  io.out(`${safe(username)} can log in again.\n`);
}

async function setDisabled(io: Io, username: string, disabled: boolean, reason?: string): Promise<void> {
  await withPeople(io, (people) => {
    const { version } = people.get(username);
    people.change(io.actor(), username, { version, disabled, ...(reason === undefined ? {} : { reason }) });
  });
}

async function withPeople(io: Io, work: (people: People) => void | Promise<void>): Promise<void> {
  const { people, close } = openPeople(io.config().dataFolder);
  try {
    await work(people);
  } finally {
    close();
  }
}

function tell(io: Io, { person, password, validUntil }: OneTimePassword): void {
  io.out(
    `One-time password of ${safe(person.username)}: ${password}\n` +
      `It is shown only now, opens nothing but its own change, and runs out at ${dateTime(validUntil)}.\n`,
  );
}

function roleOf(text: string): Role {
  const role = ROLES.find((one) => one === text);
  if (role === undefined) throw cliErrors.create('option-invalid', { option: '--role', takes: ROLES.join(', ') });
  return role;
}
