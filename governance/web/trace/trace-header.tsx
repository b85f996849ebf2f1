import { Button } from '@mantine/core';
import { ArrowLeft, ExternalLink } from 'lucide-react';
import { answerWords, firstAnswerWords } from '../../api/answer-words.ts';
import { FORMAT_WORDS } from '../../api/message-words.ts';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { DefinitionDetail, MessageDetail } from '../../api/runtime-shapes.ts';
import { useEditorLink } from '../api/editor-link.ts';
import { StateMark } from '../states/state-mark.tsx';
import { Age, Until } from '../time/clocks.tsx';
import { duration, exactTime } from '../time/duration.ts';
import classes from './trace.module.css';

/** As the runtime names what no connection brought (engine/intake/reread.ts). */
const READ_AGAIN = 'read-again:';

export function TraceHeader({
  detail: { message, work, resends, acknowledgement },
  definition,
}: {
  readonly detail: MessageDetail;
  readonly definition: DefinitionDetail | undefined;
}) {
  const link = useEditorLink()(definition?.tab ?? null);
  const readFrom = message.connection.startsWith(READ_AGAIN) ? message.connection.slice(READ_AGAIN.length) : null;
  const version = work.find((item) => item.pinnedVersion !== null)?.pinnedVersion;
  return (
    <header className={classes['header']}>
      <Link href="/messages" className={classes['backlink'] ?? ''}>
        <ArrowLeft size={14} aria-hidden="true" /> Messages
      </Link>
      <div className={classes['title']}>
        <h1>
          {message.type ?? 'Unknown type'} <span className="mono">{message.controlId ?? 'no control id'}</span>
        </h1>
        <StateMark state={message.state} held={message.held} why />
        <span className="dim">
          {message.state === 'waiting' && message.retryAt !== null ? (
            <>
              tried again <Until at={message.retryAt} />
            </>
          ) : (
            <>
              for <Age at={message.stateSince} />
            </>
          )}
          {message.recovered && ' · recovered'}
        </span>
        <Link href={`/audit/why/${message.id}`} className={classes['why'] ?? ''}>
          Why was somebody told?
        </Link>
        {link && definition?.tab && (
          <Button
            className={classes['editor'] ?? ''}
            component="a"
            href={link}
            target="wardflow-editor"
            rel="noopener"
            variant="default"
            rightSection={<ExternalLink size={14} aria-hidden="true" />}
          >
            Open flow in the editor
          </Button>
        )}
      </div>
      <dl className={classes['facts']}>
        <Fact name="Received">{exactTime(message.receivedAt)}</Fact>
        {message.format === 'hl7v2' && (
          <Fact name="Answered">
            {firstAnswerWords(
              message.answer.code,
              message.answeredAt === null ? null : ` after ${duration(message.answeredAt - message.receivedAt)}`,
              readFrom === null ? 'not sent: the sender had gone' : 'not sent: nobody waits for it',
            )}
          </Fact>
        )}
        {acknowledgement && <Fact name="Outcome told">{answerWords(acknowledgement, exactTime)}</Fact>}
        <Fact name="Patient">{message.patientHint ?? 'not stated'}</Fact>
        <Fact name="Sender">{message.sender?.replace('|', ' · ') ?? 'not stated'}</Fact>
        <Fact name="Feed">{message.feed}</Fact>
        <Fact name="Format">{FORMAT_WORDS[message.format]}</Fact>
        <Fact name="Size">{message.size.toLocaleString('en-GB')} bytes</Fact>
        {version && <Fact name="Version that ran">{<code title={version}>{version.slice(0, 8)}</code>}</Fact>}
        {readFrom !== null && (
          <Fact name="Read again from">
            <Link href={`/messages/${readFrom}`}>the unreadable one</Link>
          </Fact>
        )}
        {message.resendOf !== null && (
          <Fact name="Resend of">
            <Link href={`/messages/${message.resendOf}`}>the first one</Link>
          </Fact>
        )}
        {resends.length > 0 && (
          <Fact name="Sent again">
            {resends.map((resend, index) => (
              <Link key={resend.id} href={`/messages/${resend.id}`}>
                {index > 0 && ', '}
                {exactTime(resend.receivedAt)}
              </Link>
            ))}
          </Fact>
        )}
        <Fact name="Message id">
          <code>{message.id}</code>
        </Fact>
      </dl>
    </header>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
