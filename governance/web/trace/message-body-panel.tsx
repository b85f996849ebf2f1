import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Eye, EyeOff, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { MessageBody, MessageDetail } from '../../api/runtime-shapes.ts';
import { fetchBody, fetchRaw } from '../api/queries.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { PinSample } from '../samples/pin-sample.tsx';
import { useSession } from '../session/session.ts';
import classes from './message-body.module.css';

/** The message itself: only when asked for, by who may, and each look is recorded. */
export function MessageBodyPanel({ message }: { readonly message: MessageDetail['message'] }) {
  const { id, type } = message;
  const allowed = useSession().may('message:read-body');
  const [shown, setShown] = useState<'no' | 'fields' | 'raw'>('no');
  return (
    <section className="panel" aria-labelledby="body">
      <div className="panel-head">
        <h2 id="body">Message</h2>
        {shown !== 'no' && (
          <>
            <SegmentedControl
              size="xs"
              aria-label="How to show it"
              data={[
                { value: 'fields', label: 'Fields' },
                { value: 'raw', label: 'Raw' },
              ]}
              value={shown}
              onChange={(value) => setShown(value === 'raw' ? 'raw' : 'fields')}
            />
            <Button variant="default" leftSection={<EyeOff size={14} />} onClick={() => setShown('no')}>
              Hide
            </Button>
          </>
        )}
      </div>
      {shown === 'no' ? (
        <div className={classes['closed']}>
          <ShieldCheck size={16} aria-hidden="true" />
          <p className="dim">
            {allowed
              ? 'The content is patient data. Looking at it is recorded in the audit under your name.'
              : 'The content is patient data; your roles do not include looking at it.'}
          </p>
          {allowed && (
            <Button variant="default" leftSection={<Eye size={14} />} onClick={() => setShown('fields')}>
              Show message
            </Button>
          )}
        </div>
      ) : shown === 'fields' ? (
        <Fields id={id} type={type} />
      ) : (
        <Raw id={id} />
      )}
      <PinSample message={message} />
    </section>
  );
}

/** Not kept after it is hidden, and never asked for again by itself: each request is a look. */
const LOOK = { staleTime: Infinity, gcTime: 0, retry: false, refetchOnReconnect: false } as const;

function Fields({ id, type }: { readonly id: string; readonly type: string | null }) {
  const body = useQuery({ queryKey: ['body', id], queryFn: () => fetchBody(id), ...LOOK });
  if (body.isPending) return <LoadingRows rows={5} height={32} />;
  if (body.isError) return <ProblemNotice error={body.error} />;
  return <Segments body={body.data} type={type} />;
}

function Segments({ body, type }: { readonly body: MessageBody; readonly type: string | null }) {
  return (
    <div className={classes['segments']}>
      <p className="dim">
        {type ?? 'Unknown type'}, {body.segments.length} segments, {body.charset}
        {body.truncated ? '. The message holds more than is shown here; the raw message has all of it' : ''}
      </p>
      {body.segments.map((segment, index) => (
        <details key={`${segment.name} ${index}`} open={index < 12}>
          <summary>
            <code>{segment.name}</code> {segment.title}
          </summary>
          <table>
            <tbody>
              {segment.fields.map((field, at) => (
                <tr key={`${field.path} ${at}`}>
                  <th scope="row">
                    <code>{field.path}</code>
                  </th>
                  <td className={classes['name']}>{field.title}</td>
                  <td className="mono">{field.value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      ))}
    </div>
  );
}

function Raw({ id }: { readonly id: string }) {
  const raw = useQuery({ queryKey: ['raw', id], queryFn: () => fetchRaw(id), ...LOOK });
  if (raw.isPending) return <LoadingRows rows={5} height={32} />;
  if (raw.isError) return <ProblemNotice error={raw.error} />;
  return (
    <pre className={classes['raw']} tabIndex={0} aria-label="Raw message">
      {raw.data.replaceAll('\r', '\n')}
    </pre>
  );
}
