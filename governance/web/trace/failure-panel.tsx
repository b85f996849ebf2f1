import { Button } from '@mantine/core';
import { Hourglass, OctagonAlert } from 'lucide-react';
import { useState } from 'react';
import type { Failure, MessageDetail } from '../../api/runtime-shapes.ts';
import { useDefinition, type SettleAction } from '../api/queries.ts';
import { RunbookLink } from '../runbook/runbook-link.tsx';
import { useSession } from '../session/session.ts';
import { Until } from '../time/clocks.tsx';
import { SettleSheet } from './settle-sheet.tsx';
import classes from './trace.module.css';

/** What went wrong, what did not happen because of it, and what can be done. */
export function FailurePanel({ detail }: { readonly detail: MessageDetail }) {
  const { message, work, effects } = detail;
  const { may } = useSession();
  const [sheet, setSheet] = useState<SettleAction | null>(null);
  const dead = message.state === 'dead';
  const item = work.find((one) => one.state === 'dead') ?? work.find((one) => one.state === 'waiting');
  const runbook = useDefinition(item?.definition).data?.intent.runbook;
  if (!dead && message.state !== 'waiting' && message.state !== 'quarantined') return null;

  const failure: Failure | null = item?.failure ?? item?.attempts.at(-1)?.failure ?? null;
  const text = failure?.text ?? message.reason?.text ?? 'The reason was not recorded.';
  const code = failure?.code ?? message.reason?.code;
  const undone = effects.filter((effect) => effect.state === 'failed');
  const unsure = effects.filter((effect) => effect.state === 'ambiguous' || (dead && effect.state === 'in-flight'));
  const done = effects.filter((effect) => effect.state === 'done');
  const discardable = dead || message.state === 'waiting' || message.state === 'quarantined';

  return (
    <section
      className={classes['failure']}
      data-tone={message.state === 'waiting' ? 'warn' : 'danger'}
      aria-labelledby="failure"
    >
      {message.state === 'waiting' ? (
        <Hourglass size={20} aria-hidden="true" />
      ) : (
        <OctagonAlert size={20} aria-hidden="true" />
      )}
      <div className={classes['cause']}>
        <h2 id="failure">{text}</h2>
        <dl>
          {failure?.node && (
            <>
              <dt>Where</dt>
              <dd>
                {failure.node.name || failure.node.type} <span className={classes['quiet']}>({failure.node.type})</span>
              </dd>
            </>
          )}
          <dt>Not written</dt>
          <dd>
            {undone.length + unsure.length === 0
              ? done.length > 0
                ? 'Everything up to this point was written; what comes after it in the flow was not done.'
                : 'Nothing was written to any system.'
              : undone.map((effect) => effect.target).join(', ')}
            {unsure.length > 0 &&
              ` It is not known whether this happened: ${unsure.map((effect) => effect.target).join(', ')}.`}
          </dd>
          {done.length > 0 && (
            <>
              <dt>Written</dt>
              <dd>
                {done.map((effect) => effect.summary ?? effect.target).join(', ')} (kept; a redrive does not repeat it)
              </dd>
            </>
          )}
          <dt>What to do</dt>
          <dd>
            {message.state === 'waiting' ? (
              <>
                Nothing: it is tried again by itself
                {message.retryAt !== null && (
                  <>
                    , <Until at={message.retryAt} />
                  </>
                )}
                .
              </>
            ) : message.state === 'quarantined' ? (
              'The sender was told, and must correct the message and send it again. After an upgrade it may be worth reading it again as it is.'
            ) : (
              <>
                {failure?.remedy ?? 'Mend the cause, then redrive the message.'}
                {typeof runbook === 'string' && item && (
                  <>
                    {' '}
                    What the flow’s owners say: <RunbookLink definition={item.definition} heading={runbook} />.
                  </>
                )}
              </>
            )}
          </dd>
        </dl>
      </div>
      <div className={classes['failure-side']}>
        {code && <code title="Error code">{code}</code>}
        <div className={classes['actions']}>
          {dead && may('message:redrive') && <Button onClick={() => setSheet('redrive')}>Redrive…</Button>}
          {message.state === 'quarantined' && may('message:reread') && (
            <Button variant="default" onClick={() => setSheet('reread')}>
              Read again…
            </Button>
          )}
          {discardable && may('message:discard') && (
            <Button variant="default" onClick={() => setSheet('discard')}>
              Discard…
            </Button>
          )}
        </div>
      </div>
      {sheet && <SettleSheet action={sheet} detail={detail} onClose={() => setSheet(null)} />}
    </section>
  );
}
