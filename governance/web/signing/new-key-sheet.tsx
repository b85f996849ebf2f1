import { Button, Drawer, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { createKey, publicPart, type KeyFile } from '../../bundle/key-file.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { download } from './download.ts';
import { Hash } from './hash.tsx';
import { passphraseStrength } from './passphrase-strength.ts';
import { useKeepKey } from './queries.ts';
import classes from './signing.module.css';

/** Makes a key in this browser; the server gets it locked. */
export function NewKeySheet({ onClose }: { readonly onClose: () => void }) {
  const { view } = useSession();
  const keep = useKeepKey();
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const make = useMutation({
    mutationFn: async (typed: string): Promise<KeyFile> => {
      const file = await createKey(view.username, typed);
      await keep.mutateAsync(file);
      return file;
    },
    gcTime: 0,
  });
  const strength = passphraseStrength(passphrase, view.username);
  const differs = again !== '' && again !== passphrase;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (!strength.enough || again !== passphrase) return;
    make.mutate(passphrase);
    setPassphrase('');
    setAgain('');
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={440} title="Make a signing key" closeOnClickOutside={false}>
      {make.data ? (
        <div className={classes['sheet']} role="status">
          <p>
            Your key <Hash of={make.data.id} /> is made. It counts when it is in an environment’s trust store: give its
            public file to somebody who may propose that, and others sign for it. On the first set-up the file goes to
            the ceremony (<code>wardflow trust init</code>).
          </p>
          <p className="dim">The public file is no secret. Nobody can tell you the passphrase if you forget it.</p>
          <div className={classes['actions']}>
            <Button
              variant="default"
              size="sm"
              onClick={() => download(`${view.username}.public.json`, publicPart(make.data))}
            >
              Download the public file
            </Button>
            <Button size="sm" onClick={onClose}>
              Done
            </Button>
          </div>
        </div>
      ) : (
        <form className={classes['sheet']} onSubmit={submit} aria-busy={make.isPending}>
          <p>
            The passphrase locks the key. It never leaves this browser: whoever runs the server cannot sign for you, and
            cannot reset it.
          </p>
          <PasswordInput
            size="sm"
            label="Passphrase"
            description={
              <span className={classes['strength']} role="status">
                {strength.text}
              </span>
            }
            autoComplete="off"
            data-autofocus
            visibilityToggleButtonProps={{ 'aria-label': 'Show: Passphrase' }}
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
          />
          <PasswordInput
            size="sm"
            label="The same again"
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': 'Show: The same again' }}
            error={differs ? 'The two differ.' : null}
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
          />
          {make.isError && <ProblemNotice error={make.error} />}
          <div className={classes['actions']}>
            <Button variant="default" size="sm" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              size="sm"
              loading={make.isPending}
              disabled={!strength.enough || again !== passphrase}
            >
              Make the key
            </Button>
          </div>
        </form>
      )}
    </Drawer>
  );
}
