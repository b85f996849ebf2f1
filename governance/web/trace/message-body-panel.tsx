import { Button } from '@mantine/core';
import { Eye, EyeOff, ScanText, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { MessageDetail } from '../../api/runtime-shapes.ts';
import { JournalMessage } from '../reader/journal-message.tsx';
import { PinSample } from '../samples/pin-sample.tsx';
import { useSession } from '../session/session.ts';
import classes from './message-body.module.css';

/** The message itself: only when asked for, by who may, and each look is recorded. */
export function MessageBodyPanel({ message }: { readonly message: MessageDetail['message'] }) {
  const { id } = message;
  const allowed = useSession().may('message:read-body');
  const [shown, setShown] = useState(false);
  return (
    <section className="panel" aria-labelledby="body">
      <div className="panel-head">
        <h2 id="body">Message</h2>
        {allowed && (
          <Link href={`/reader?message=${id}`} className={classes['reader'] ?? ''}>
            <ScanText size={14} aria-hidden="true" /> Open in the reader
          </Link>
        )}
        {shown && (
          <Button variant="default" leftSection={<EyeOff size={14} />} onClick={() => setShown(false)}>
            Hide
          </Button>
        )}
      </div>
      {shown ? (
        <JournalMessage id={id} shown />
      ) : (
        <div className={classes['closed']}>
          <ShieldCheck size={16} aria-hidden="true" />
          <p className="dim">
            {allowed
              ? 'The content is patient data. Looking at it is recorded in the audit under your name.'
              : 'The content is patient data; your roles do not include looking at it.'}
          </p>
          {allowed && (
            <Button variant="default" leftSection={<Eye size={14} />} onClick={() => setShown(true)}>
              Show message
            </Button>
          )}
        </div>
      )}
      <PinSample message={message} />
    </section>
  );
}
