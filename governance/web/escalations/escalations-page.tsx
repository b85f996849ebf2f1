import { Button, SegmentedControl } from '@mantine/core';
import { BellRing, CircleCheck } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { EscalationView } from '../../api/runtime-shapes.ts';
import { useEscalations } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useSession } from '../session/session.ts';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { Age, Until } from '../time/clocks.tsx';
import { clockTime } from '../time/duration.ts';
import { AcknowledgeSheet } from './acknowledge-sheet.tsx';
import { aboutWhom, escalationEnd, isOpen, nextStepOf } from './escalation-words.ts';
import classes from './escalations.module.css';

/** Who must still answer, the soonest next step first. */
export default function EscalationsPage() {
  useDocumentTitle('Escalations');
  const { may } = useSession();
  const [, navigate] = useLocation();
  const [shown, setShown] = useState<'open' | 'all'>('open');
  const [chosen, setChosen] = useState<EscalationView | null>(null);
  const query = useEscalations(shown === 'open' ? 'open' : undefined);
  const list = useRef<HTMLUListElement>(null);
  const rows = (query.data?.escalations ?? []).toSorted(
    (a, b) =>
      Number(isOpen(b)) - Number(isOpen(a)) ||
      (a.nextAt ?? Infinity) - (b.nextAt ?? Infinity) ||
      b.startedAt - a.startedAt,
  );

  const links = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('li > a') ?? [])];
  const at = (): number => links().findIndex((link) => link.parentElement?.contains(document.activeElement));
  const move = (by: number): void => links()[Math.max(0, Math.min(links().length - 1, at() + by))]?.focus();
  const current = (): EscalationView | undefined => rows[Math.max(0, at())];
  const leftAt = useRef(0);
  const choose = (one: EscalationView): void => {
    leftAt.current = rows.indexOf(one);
    setChosen(one);
  };
  // The keyboard goes on where it was: on what stands there now.
  const close = (): void => {
    setChosen(null);
    links()[Math.max(0, Math.min(links().length - 1, leftAt.current))]?.focus();
  };
  useShortcuts('Escalations', [
    { keys: 'j', what: 'Next', run: () => move(1) },
    { keys: 'k', what: 'Previous', run: () => move(-1) },
    {
      keys: 'a',
      what: 'Acknowledge',
      run: () => {
        const one = current();
        if (one && isOpen(one) && may('escalation:acknowledge')) choose(one);
      },
    },
    {
      keys: 'o',
      what: 'Open the message (Enter)',
      run: () => {
        const one = current();
        if (one) navigate(`/messages/${one.messageId}`);
      },
    },
  ]);

  return (
    <>
      <div className="page-head">
        <h1>Escalations</h1>
        {query.data && <span className="dim">as of {clockTime(query.data.asOf)}</span>}
        <SegmentedControl
          size="xs"
          aria-label="Which"
          data={[
            { value: 'open', label: 'To acknowledge' },
            { value: 'all', label: 'All' },
          ]}
          value={shown}
          onChange={(value) => setShown(value === 'all' ? 'all' : 'open')}
        />
      </div>
      <section className="panel" aria-label="Escalations">
        {query.isPending ? (
          <LoadingRows rows={6} height={64} />
        ) : query.isError && !query.data ? (
          <ProblemNotice error={query.error} retry={() => void query.refetch()} />
        ) : rows.length === 0 ? (
          <EmptyState icon={CircleCheck} title={shown === 'open' ? 'Nobody waits for an answer' : 'No escalation yet'}>
            {shown === 'open'
              ? 'Every escalation has been acknowledged or cancelled.'
              : 'A flow starts one with the node “escalation timer”, when a person has to answer within a time.'}
          </EmptyState>
        ) : (
          <ul ref={list} className={classes['list']}>
            {rows.map((one) => (
              <Row
                key={one.id}
                escalation={one}
                onAcknowledge={may('escalation:acknowledge') ? () => choose(one) : null}
              />
            ))}
          </ul>
        )}
      </section>
      {chosen && <AcknowledgeSheet escalation={chosen} onClose={close} />}
    </>
  );
}

function Row({
  escalation,
  onAcknowledge,
}: {
  readonly escalation: EscalationView;
  readonly onAcknowledge: (() => void) | null;
}) {
  const open = isOpen(escalation);
  const next = nextStepOf(escalation);
  return (
    <li className={classes['row']} data-open={open}>
      <Link href={`/messages/${escalation.messageId}`} className={classes['title'] ?? ''}>
        {escalation.title}
      </Link>
      <span className={classes['next']}>
        {open ? (
          <>
            <BellRing size={14} aria-hidden="true" />
            {next && escalation.nextAt !== null ? (
              <span>
                {next.to} is told{' '}
                <strong>
                  <Until at={escalation.nextAt} />
                </strong>
              </span>
            ) : (
              <strong>every step was taken, nobody answered</strong>
            )}
          </>
        ) : (
          <>
            <CircleCheck size={14} aria-hidden="true" />
            {escalationEnd(escalation)}
            {escalation.endedBy?.reason && `: ${escalation.endedBy.reason}`}
          </>
        )}
      </span>
      <span className={classes['since']}>
        {/* The lane of the feed says how soon it was worked on, not how urgent the result is: "routine" would mislead. */}
        {escalation.lane !== 'routine' && (
          <ToneMark tone={escalation.lane === 'stat' ? 'danger' : 'plain'}>{escalation.lane}</ToneMark>
        )}
        <span>{aboutWhom(escalation)}</span>
        <span>
          step {Math.min(escalation.nextStep, escalation.steps.length)} of {escalation.steps.length},{' '}
          {escalation.again ? 'began again' : 'started'} <Age at={escalation.startedAt} /> ago
        </span>
      </span>
      <span className={classes['act']}>
        <Link href={`/audit/why/${escalation.messageId}`} aria-label={`Why? ${aboutWhom(escalation)}`}>
          Why?
        </Link>
        {open && onAcknowledge && (
          <Button
            size="xs"
            onClick={onAcknowledge}
            aria-label={`Acknowledge: ${escalation.title}, ${aboutWhom(escalation)}`}
          >
            Acknowledge…
          </Button>
        )}
      </span>
    </li>
  );
}
