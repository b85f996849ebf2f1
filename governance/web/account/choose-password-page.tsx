import { Button } from '@mantine/core';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import classes from './account-page.module.css';
import { ChangePassword } from './change-password.tsx';

/** After a login with a one-time password: nothing else is there before it is changed. */
export function ChoosePasswordPage({
  name,
  onChanged,
  onLogout,
}: {
  readonly name: string;
  readonly onChanged: () => void;
  readonly onLogout: () => void;
}) {
  useDocumentTitle('Choose a password');
  return (
    <main className={classes['alone']}>
      <section className="panel" aria-labelledby="choose">
        <div className={classes['intro']}>
          <h1 id="choose">Choose a password</h1>
          <p className="dim">
            Welcome, {name}. Somebody gave you a one-time password. Choose one that only you know, and you are in.
          </p>
        </div>
        <ChangePassword currentLabel="One-time password" onChanged={onChanged} />
        <div className={classes['foot']}>
          <Button variant="subtle" onClick={onLogout}>
            Log out
          </Button>
        </div>
      </section>
    </main>
  );
}
