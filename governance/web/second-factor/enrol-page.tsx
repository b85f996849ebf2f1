import { Button } from '@mantine/core';
import alone from '../account/account-page.module.css';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { EnrolmentSteps } from './enrolment-steps.tsx';

/** For whose role demands a second step: nothing else is there before it is set up. */
export function EnrolPage({
  name,
  username,
  onDone,
  onLogout,
}: {
  readonly name: string;
  readonly username: string;
  readonly onDone: () => void;
  readonly onLogout: () => void;
}) {
  useDocumentTitle('Set up the second step');
  return (
    <main className={alone['alone']}>
      <section className="panel" aria-labelledby="enrol">
        <div className={alone['intro']}>
          <h1 id="enrol">Set up the second step</h1>
          <p className="dim">
            {name}, your role demands a code from an app at each login, beside the password. Set it up, and you are in.
          </p>
        </div>
        <EnrolmentSteps username={username} onDone={onDone} />
        <div className={alone['foot']}>
          <Button variant="subtle" onClick={onLogout}>
            Log out
          </Button>
        </div>
      </section>
    </main>
  );
}
