import { Button } from '@mantine/core';
import { CircleCheck, CircleSlash, KeyRound, Lock, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { PersonView } from '../../api/people-contract.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { useSession } from '../session/session.ts';
import { ToneMark } from '../states/state-mark.tsx';
import type { Tone } from '../states/message-state.ts';
import { moment } from '../time/duration.ts';
import { PersonSheet } from './person-sheet.tsx';
import { rolesInWords } from './roles.ts';
import { usePeople } from './queries.ts';

const LOOKS: Readonly<Record<PersonView['state'], readonly [Tone, LucideIcon, string]>> = {
  active: ['ok', CircleCheck, 'Active'],
  locked: ['warn', Lock, 'Locked for a while'],
  'one-time-password': ['info', KeyRound, 'One-time password'],
  disabled: ['plain', CircleSlash, 'Disabled'],
};

/** Everybody who has an account. There is always one: whoever looks. */
export function PeopleView() {
  const { may } = useSession();
  const people = usePeople();
  const [chosen, setChosen] = useState<string | null>(null);
  if (people.isPending) return <LoadingRows rows={6} />;
  if (!people.data) return <ProblemNotice error={people.error} retry={() => void people.refetch()} />;
  const person = people.data.people.find((one) => one.username === chosen);
  return (
    <section className="panel" aria-label="People">
      <ScrollX stacked label="People, table">
        <table className="plain-table">
          <thead>
            <tr>
              <th>Person</th>
              <th>Roles</th>
              <th>State</th>
              <th>Last login</th>
              <th className="number">Sessions</th>
              <th>
                <span className="visually-hidden">Open</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {people.data.people.map((one) => (
              <Row key={one.username} one={one} edits={may('account:manage')} onOpen={() => setChosen(one.username)} />
            ))}
          </tbody>
        </table>
      </ScrollX>
      {person && <PersonSheet key={person.username} person={person} onClose={() => setChosen(null)} />}
    </section>
  );
}

function Row({
  one,
  edits,
  onOpen,
}: {
  readonly one: PersonView;
  readonly edits: boolean;
  readonly onOpen: () => void;
}) {
  const [tone, icon, text] = LOOKS[one.state];
  return (
    <tr>
      <td>
        <strong>{one.displayName}</strong> <span className="dim mono">{one.username}</span>
      </td>
      <td>{rolesInWords(one) || <span className="dim">none</span>}</td>
      <td className="no-wrap">
        <ToneMark tone={tone} icon={icon}>
          {one.oneTimeExpired ? `${text}, run out` : text}
        </ToneMark>
        {one.secondFactor && <span className="dim"> · two steps</span>}
      </td>
      <td className="no-wrap">{one.lastLoginAt === null ? 'never' : moment(one.lastLoginAt, Date.now())}</td>
      <td className="number">{one.sessions}</td>
      <td className="number">
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`${edits ? 'Change' : 'Show'} ${one.username}`}
          onClick={onOpen}
        >
          {edits ? 'Change…' : 'Show…'}
        </Button>
      </td>
    </tr>
  );
}
