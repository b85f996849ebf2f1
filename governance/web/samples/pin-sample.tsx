import { Button, TextInput } from '@mantine/core';
import { Pin, PinOff } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { Link } from 'wouter';
import type { MessageDetail } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { usePin, useSamples, useUnpin } from './queries.ts';
import classes from './samples.module.css';
import { personOf } from '../operations/switch-words.ts';

/** As the runtime takes it (runtime/samples/pinned-samples.ts). */
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} -]{0,58}[\p{L}\p{N}])?$/u;

/** Whether the message is a sample of its feed, and making it one: under the message itself. */
export function PinSample({ message: { id, feed, state } }: { readonly message: MessageDetail['message'] }) {
  const { may } = useSession();
  const samples = useSamples();
  const [naming, setNaming] = useState(false);
  const unpin = useUnpin();
  const say = useSay();
  const pinned = samples.data?.samples.find((one) => one.message === id);
  // What cannot be read is no sample.
  if (!samples.data || (!pinned && (!may('sample:pin') || state === 'quarantined'))) return null;
  return (
    <div className={classes['pin']}>
      {pinned ? (
        <>
          <p>
            Sample of the feed {pinned.feed}: <strong>{pinned.name}</strong>
            <span className="dim">, pinned by {personOf(pinned.by)}. </span>
            {may('operations:read') && <Link href="/operations/samples">All samples</Link>}
          </p>
          {may('sample:pin') && (
            <Button
              variant="default"
              leftSection={<PinOff size={14} />}
              loading={unpin.isPending}
              onClick={() => unpin.mutate(id, { onSuccess: () => say('It is no sample any more.') })}
            >
              Unpin
            </Button>
          )}
        </>
      ) : naming ? (
        <NameForm id={id} feed={feed} onClose={() => setNaming(false)} />
      ) : (
        <>
          <p className="dim">
            Pinned as a sample, it is offered in the editor: who may see its content can try a flow on it.
          </p>
          <Button variant="default" leftSection={<Pin size={14} />} onClick={() => setNaming(true)}>
            Pin as sample for feed {feed}…
          </Button>
        </>
      )}
      {unpin.isError && <ProblemNotice error={unpin.error} />}
    </div>
  );
}

function NameForm({
  id,
  feed,
  onClose,
}: {
  readonly id: string;
  readonly feed: string;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const pin = usePin(id);
  const say = useSay();
  const written = name.trim();
  const wrong = written !== '' && !NAME.test(written);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    pin.mutate(written, {
      onSuccess: () => {
        say(`It is a sample of the feed ${feed}.`);
        onClose();
      },
    });
  };
  return (
    <form className={classes['name']} onSubmit={submit}>
      <TextInput
        label={`Name of the sample for feed ${feed}`}
        description="What it is good for, such as “potassium high”. No patient data: everybody who writes flows reads it."
        size="sm"
        maxLength={60}
        required
        autoFocus
        value={name}
        error={wrong ? 'Letters, digits, blanks and hyphens.' : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {pin.isError && <ProblemNotice error={pin.error} />}
      <div className={classes['actions']}>
        <Button type="submit" loading={pin.isPending} disabled={written === '' || wrong}>
          Pin
        </Button>
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
      </div>
    </form>
  );
}
