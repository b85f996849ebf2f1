import { Button, Modal, PasswordInput, Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode, type SubmitEvent } from 'react';
import { Link } from 'wouter';
import type { OwnKey } from '../../api/release-contract.ts';
import type { Envelope } from '../../bundle/dsse.ts';
import { unwrapKey } from '../../bundle/key-file.ts';
import { signStatement, type Statement } from '../../bundle/statements.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useOwnKeys } from './queries.ts';
import { StatementFacts } from './statement-facts.tsx';
import classes from './signing.module.css';

export interface SigningWish {
  /** "Approve proposal 7": title of the dialog. */
  readonly title: string;
  /** The word on the button: "Approve", "Promote". */
  readonly button: string;
  /** In plain words what follows from the signature. The facts of the statement are shown besides, read from itself. */
  readonly words: ReactNode;
  /** Whose trust store has to know the key. */
  readonly environment: string;
  /** What is signed. A function is asked when the person signs, with that moment (ISO 8601, UTC). */
  readonly statement: Statement | ((at: string) => Statement);
  /** For what cannot be undone easily. */
  readonly grave?: boolean;
  /** What becomes of the envelope. The dialog stays, busy, until it is settled; a rejection is shown in it. */
  onSigned(envelope: Envelope): unknown;
}

/**
 * Asks for the passphrase of one's key and signs with it. Neither passphrase nor private key leaves this component: the
 * field is emptied after each try, the unwrapped key cannot be read out and is dropped with the call. Deriving the key
 * takes about a second, in the browser's own threads.
 */
export function SignDialog({ wish, onClose }: { readonly wish: SigningWish; readonly onClose: () => void }) {
  const keys = useOwnKeys();
  return (
    <Modal opened onClose={onClose} title={wish.title} size="md" closeOnClickOutside={false}>
      {keys.isPending && <LoadingRows rows={3} />}
      {keys.isError && !keys.data && <ProblemNotice error={keys.error} retry={() => void keys.refetch()} />}
      {keys.data && <SignForm wish={wish} keys={keys.data.keys} onClose={onClose} />}
    </Modal>
  );
}

function SignForm({
  wish,
  keys,
  onClose,
}: {
  readonly wish: SigningWish;
  readonly keys: readonly OwnKey[];
  readonly onClose: () => void;
}) {
  const { environment, statement: asked } = wish;
  const usable = keys.filter(({ trusted }) => trusted[environment] === 'yes');
  const [chosen, setChosen] = useState(usable[0]?.file.id ?? null);
  const [passphrase, setPassphrase] = useState('');
  // What is shown and what is signed are one object, but for the moment.
  const [opened] = useState(() => new Date().toISOString());
  const shown = typeof asked === 'function' ? asked(opened) : asked;
  const field = useRef<HTMLInputElement>(null);
  // The keys may come after the dialog has looked for what to focus.
  useEffect(() => field.current?.focus(), []);
  const key = usable.find(({ file }) => file.id === chosen) ?? usable[0];

  const signing = useMutation({
    mutationFn: async ({ key, typed }: { readonly key: OwnKey; readonly typed: string }) => {
      const unwrapped = await unwrapKey(key.file, typed);
      const statement = typeof asked === 'function' ? asked(new Date().toISOString()) : asked;
      await wish.onSigned(await signStatement(statement, unwrapped));
    },
    // A mutation keeps what it was called with: a passphrase must not stay there.
    gcTime: 0,
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (!key || passphrase === '' || signing.isPending) return;
    signing.mutate({ key, typed: passphrase }, { onSuccess: onClose, onError: () => field.current?.focus() });
    setPassphrase('');
  };
  const wrong = isWrongPassphrase(signing.error);

  if (!key)
    return (
      <div className={classes['sheet']}>
        <p>
          {keys.length === 0
            ? 'You have no signing key yet.'
            : keys.some(({ trusted }) => trusted[environment] === 'asked')
              ? `Your key is not trusted in ${environment} yet: people who are trusted already have been asked to sign for it.`
              : `None of your keys is trusted in ${environment}.`}{' '}
          <Link href="/account">{keys.length === 0 ? 'Make one in My account' : 'See My account'}</Link>; people who are
          trusted already have to sign for it then.
        </p>
        <div className={classes['actions']}>
          <Button variant="default" size="sm" data-autofocus onClick={onClose}>
            Close
          </Button>
        </div>
      </div>
    );
  return (
    <form className={classes['sheet']} onSubmit={submit} aria-busy={signing.isPending}>
      <div>{wish.words}</div>
      <StatementFacts statement={shown} />
      {usable.length > 1 && (
        <Select
          size="sm"
          label="Key"
          data={usable.map(({ file }) => ({ value: file.id, label: `${file.id.slice(0, 12)} of ${file.person}` }))}
          value={key.file.id}
          allowDeselect={false}
          onChange={setChosen}
        />
      )}
      <PasswordInput
        ref={field}
        size="sm"
        label="Passphrase of your signing key"
        description={`Key ${key.file.id.slice(0, 12)}. It is used in this browser only, and not kept.`}
        autoComplete="off"
        data-autofocus
        visibilityToggleButtonProps={{ 'aria-label': 'Show the passphrase' }}
        error={wrong ? 'The passphrase is not right. Try again.' : null}
        value={passphrase}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
      />
      {signing.isError && !wrong && <ProblemNotice error={signing.error} />}
      <div className={classes['actions']}>
        <Button variant="default" size="sm" onClick={onClose}>
          Not yet
        </Button>
        <Button
          type="submit"
          size="sm"
          color={wish.grave ? 'red.8' : 'petrol'}
          loading={signing.isPending}
          disabled={passphrase === ''}
        >
          {wish.button}
        </Button>
      </div>
      <span className="visually-hidden" role="status">
        {signing.isPending ? 'Signing' : ''}
      </span>
    </form>
  );
}

const isWrongPassphrase = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'passphrase-wrong';
