import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Eye, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { fetchRaw } from '../api/queries.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { JsonView, jsonOf } from './json-view.tsx';
import { MessageView } from './message-view.tsx';
import classes from './reader.module.css';
import { plainText, sourceOfBytes } from './source.ts';

/** A message of the journal: only when asked for, by who may, and each look is recorded. */
export function JournalMessage({ id, shown = false }: { readonly id: string; readonly shown?: boolean }) {
  const allowed = useSession().may('message:read-body');
  const [asked, setAsked] = useState(shown);
  if (asked && allowed) return <Read id={id} />;
  return (
    <div className={classes['closed']}>
      <ShieldCheck size={16} aria-hidden="true" />
      <p className="dim">
        {allowed
          ? 'The content is patient data. Looking at it is recorded in the audit under your name.'
          : 'The content is patient data; your roles do not include looking at it.'}{' '}
        <Link href={`/messages/${id}`}>What became of the message</Link>
      </p>
      {allowed && (
        <Button variant="default" leftSection={<Eye size={14} aria-hidden="true" />} onClick={() => setAsked(true)}>
          Show message
        </Button>
      )}
    </div>
  );
}

function Read({ id }: { readonly id: string }) {
  const raw = useQuery({
    queryKey: ['raw', id],
    queryFn: async () => sourceOfBytes(await fetchRaw(id), 'Message'),
    // Not kept after it is hidden, and never asked for again by itself: each request is a look.
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnReconnect: false,
    refetchOnWindowFocus: false,
  });
  if (raw.isPending) return <LoadingRows rows={6} height={30} />;
  if (raw.isError) return <ProblemNotice error={raw.error} />;
  // Told by the content itself: an HL7 message never begins like JSON, and a notification may be empty.
  const whole = raw.data.size === 0 ? '' : plainText(raw.data, '', Infinity);
  if (raw.data.size === 0 || jsonOf(whole)) return <JsonView text={whole} />;
  return <MessageView source={raw.data} />;
}
