import { Button, FileButton } from '@mantine/core';
import { BadgeCheck, Ban, CircleDashed, Hourglass, KeyRound, type LucideIcon } from 'lucide-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { OwnKey } from '../../api/release-contract.ts';
import { publicPart, readKeyFile } from '../../bundle/key-file.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import type { Tone } from '../states/message-state.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { moment } from '../time/duration.ts';
import { download } from './download.ts';
import { ForgetSheet } from './forget-sheet.tsx';
import { Hash } from './hash.tsx';
import { NewKeySheet } from './new-key-sheet.tsx';
import { useKeepKey, useOwnKeys } from './queries.ts';
import classes from './signing.module.css';

type Trust = OwnKey['trusted'][string];
const TRUST: Readonly<Record<Trust, { readonly text: string; readonly tone: Tone; readonly icon: LucideIcon }>> = {
  yes: { text: 'trusted', tone: 'ok', icon: BadgeCheck },
  asked: { text: 'waits for signatures', tone: 'warn', icon: Hourglass },
  no: { text: 'not trusted', tone: 'plain', icon: CircleDashed },
  revoked: { text: 'revoked', tone: 'danger', icon: Ban },
};
/** A key file has some hundred bytes. */
const LARGEST = 10_000;

/** One's own signing keys: made here or brought from the command line, and where they are trusted. */
export function KeysPanel() {
  const keys = useOwnKeys();
  const { view } = useSession();
  const say = useSay();
  const keep = useKeepKey();
  const [making, setMaking] = useState(false);
  const [forgetting, setForgetting] = useState<OwnKey | null>(null);
  const bring = useMutation({
    mutationFn: async (file: File) => {
      if (file.size > LARGEST) throw new NoKeyOfYours(`${file.name} is too large for a key file.`);
      const key = await readKeyFile(await file.text(), file.name);
      if (key.person !== view.username)
        throw new NoKeyOfYours(`${file.name} is the key of ${key.person}, and you are ${view.username}.`);
      await keep.mutateAsync(key);
    },
    onSuccess: () => say('Your key is here now. Its passphrase stayed with you.'),
  });
  const own = keys.data?.keys ?? [];
  return (
    <section className="panel" aria-labelledby="keys">
      <div className="panel-head">
        <h2 id="keys">Signing keys</h2>
      </div>
      {keys.isPending && <LoadingRows rows={2} />}
      {keys.isError && !keys.data && <ProblemNotice error={keys.error} retry={() => void keys.refetch()} />}
      {keys.data && own.length === 0 && (
        <p className={classes['none']}>
          With a signing key you propose and approve changes and order what an environment runs. It is made in this
          browser under a passphrase; the server keeps it locked and cannot open it.
        </p>
      )}
      {own.length > 0 && (
        <ul className={classes['keys']}>
          {own.map((key) => (
            <KeyEntry key={key.file.id} own={key} onForget={() => setForgetting(key)} />
          ))}
        </ul>
      )}
      {bring.isError && (
        <div className={classes['trouble']}>
          <ProblemNotice error={bring.error} />
        </div>
      )}
      <div className={classes['foot']}>
        <Button variant={own.length > 0 ? 'default' : 'filled'} onClick={() => setMaking(true)}>
          Make a signing key…
        </Button>
        <FileButton
          accept=".json,application/json"
          inputProps={{ 'aria-label': 'Key file', tabIndex: -1 }}
          onChange={(file) => file && bring.mutate(file)}
        >
          {(props) => (
            <Button variant="default" loading={bring.isPending} {...props}>
              Bring a key file…
            </Button>
          )}
        </FileButton>
      </div>
      {making && <NewKeySheet onClose={() => setMaking(false)} />}
      {forgetting && <ForgetSheet own={forgetting} onClose={() => setForgetting(null)} />}
    </section>
  );
}

function KeyEntry({
  own: { file, createdAt, trusted },
  onForget,
}: {
  readonly own: OwnKey;
  readonly onForget: () => void;
}) {
  const short = file.id.slice(0, 12);
  const environments = Object.entries(trusted);
  const known = environments.some(([, how]) => how !== 'no');
  return (
    <li className={classes['key']}>
      <div className={classes['key-head']}>
        <KeyRound size={15} aria-hidden="true" />
        <Hash of={file.id} />
        <span className="dim">here since {moment(createdAt, Date.now())}</span>
      </div>
      <ul className={classes['trust']} aria-label="Where it is trusted">
        {environments.map(([environment, how]) => (
          <li key={environment}>
            {environment}
            <ToneMark tone={TRUST[how].tone} icon={TRUST[how].icon}>
              {TRUST[how].text}
            </ToneMark>
          </li>
        ))}
      </ul>
      {!known && (
        <p className="dim">
          Nothing that it signs counts yet. Give the public file to somebody who may propose a change of the trust
          store.
        </p>
      )}
      <div className={classes['buttons']}>
        <Button
          variant="default"
          aria-label={`Public file of key ${short}`}
          onClick={() => download(`${file.person}.public.json`, publicPart(file))}
        >
          Public file
        </Button>
        <Button
          variant="default"
          aria-label={`Locked key file of key ${short}, for the command line`}
          onClick={() => download(`${file.person}.key.json`, file)}
        >
          Key file (locked)
        </Button>
        <Button variant="default" aria-label={`Forget key ${short}`} onClick={onForget}>
          Forget…
        </Button>
      </div>
    </li>
  );
}

class NoKeyOfYours extends Error {
  readonly code = 'key-of-another';
  readonly remedy = 'Choose the file that “npx wardflow key create” wrote for you.';
}
