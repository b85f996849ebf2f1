import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link, useRoute } from 'wouter';
import { useSession } from '../session/session.ts';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import classes from './administration.module.css';
import { NewPersonSheet } from './new-person-sheet.tsx';
import { PeopleView } from './people-view.tsx';
import { NewProgramSheet, ProgramsView } from './programs-view.tsx';

/** Who has an account, people and programs. */
export default function PeoplePage() {
  const [programs] = useRoute('/people/programs');
  useDocumentTitle(programs ? 'Service accounts' : 'People');
  const { may } = useSession();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <div className="page-head">
        <h1>People</h1>
        {may('account:manage') && (
          <Button onClick={() => setAdding(true)}>{programs ? 'Add a service account' : 'Add a person'}</Button>
        )}
      </div>
      <nav className={classes['tabs']} aria-label="Kinds of accounts">
        <Link href="/people" className={classes['tab'] ?? ''} aria-current={programs ? undefined : 'page'}>
          People
        </Link>
        <Link href="/people/programs" className={classes['tab'] ?? ''} aria-current={programs ? 'page' : undefined}>
          Service accounts
        </Link>
      </nav>
      {programs ? <ProgramsView /> : <PeopleView />}
      {adding &&
        (programs ? (
          <NewProgramSheet onClose={() => setAdding(false)} />
        ) : (
          <NewPersonSheet onClose={() => setAdding(false)} />
        ))}
    </>
  );
}
