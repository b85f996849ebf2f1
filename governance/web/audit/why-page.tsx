import { Button } from '@mantine/core';
import { ArrowLeft, Printer } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { WhyTold } from '../../api/audit-contract.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { exactTime } from '../time/duration.ts';
import { chainName } from './audit-words.ts';
import { useWhy } from './queries.ts';
import { WhyDecisions } from './why-decisions.tsx';
import { WhyDefinition } from './why-definition.tsx';
import { WhyTelling } from './why-telling.tsx';
import classes from './why.module.css';

/** From a message to the people who approved what it set off: one page, also on paper. */
export default function WhyPage({ id }: { readonly id: string }) {
  useDocumentTitle('Why was this person told');
  const query = useWhy(id);
  if (query.isPending) return <LoadingRows rows={8} />;
  if (!query.data)
    return (
      <>
        <ProblemNotice error={query.error} retry={() => void query.refetch()} />
        <p className={classes['back']}>
          <Link href="/audit">Audit</Link>
        </p>
      </>
    );
  return <Why why={query.data} />;
}

function Why({ why }: { readonly why: WhyTold }) {
  const { message, told, effects, entries, definitions } = why;
  const missing = why.parts.filter(({ complete }) => !complete);
  return (
    <div className={classes['page']}>
      <header>
        <Link href={`/messages/${message.id}`} className={classes['back'] ?? ''}>
          <ArrowLeft size={14} aria-hidden="true" /> The message
        </Link>
        <div className="page-head">
          <h1>Why was this person told?</h1>
          <Button
            className={classes['print'] ?? ''}
            variant="default"
            leftSection={<Printer size={14} aria-hidden="true" />}
            onClick={() => window.print()}
          >
            Print
          </Button>
        </div>
        <p>{summaryOf(why)}</p>
        {missing.map(({ chain }) => (
          <p key={chain} role="alert" className={classes['missing']}>
            {chainName(chain)} does not answer: times of steps may be missing.
          </p>
        ))}
      </header>

      <Step number={1} title="The message">
        <dl className={classes['facts']}>
          <Fact name="Type">{message.type ?? 'not stated'}</Fact>
          <Fact name="Control id">{message.controlId ?? 'not stated'}</Fact>
          <Fact name="Feed">{message.feed}</Fact>
          <Fact name="Patient">{message.patientHint ?? 'not stated'}</Fact>
          <Fact name="Received">{exactTime(message.receivedAt)}</Fact>
          <Fact name="Runtime">{why.runtime}</Fact>
          <Fact name="Message id">
            <code>{message.id}</code>
          </Fact>
        </dl>
      </Step>

      <Step number={2} title="What was decided, and by which rule">
        <WhyDecisions decisions={why.decisions} />
      </Step>

      <Step number={3} title="Whose rule that was">
        {definitions.length === 0 ? (
          <p className="dim">No flow has taken it up yet, so no version ran.</p>
        ) : (
          definitions.map((one) => <WhyDefinition key={one.version} definition={one} runtime={why.runtime} />)
        )}
      </Step>

      <Step number={4} title="Who was told, and who answered">
        {told.length === 0 ? (
          <p className="dim">No escalation was started because of this message.</p>
        ) : (
          told.map((one) => <WhyTelling key={one.id} telling={one} />)
        )}
      </Step>

      {effects.length > 0 && (
        <Step number={5} title="What else was done">
          <ul className={classes['plain']}>
            {effects.map((one) => (
              <li key={`${one.definition} ${one.effect} ${one.at}`}>
                <time className="mono dim">{exactTime(one.at)}</time> {one.effect}: {one.summary || one.target}
              </li>
            ))}
          </ul>
        </Step>
      )}

      {entries.length > 0 && (
        <Step number={effects.length > 0 ? 6 : 5} title="Every entry of the audit about this message">
          <ul className={classes['plain']}>
            {entries.map((item) => (
              <li key={item.id}>
                <time className="mono dim">{exactTime(item.at)}</time> {item.sentence}
                {item.reason !== null && !item.sentence.includes(item.reason) && <> Why: “{item.reason}”</>}
              </li>
            ))}
          </ul>
          <p className={classes['print']}>
            <Link href={`/audit?message=${message.id}`}>Open these in the audit</Link>
          </p>
        </Step>
      )}
      <footer className={classes['footer']}>As of {exactTime(why.asOf)}.</footer>
    </div>
  );
}

/** The whole story in one sentence, as far as it has gone. */
function summaryOf({ message, decisions, told, runtime }: WhyTold): string {
  const decided = decisions.find(({ matched }) => matched.length > 0);
  const people = [...new Set(told.flatMap(({ steps }) => steps.filter((step) => step.told).map(({ to }) => to)))];
  const answered = told.find(({ state }) => state === 'acknowledged')?.ended;
  const parts = [
    `${message.type ?? 'A message'} ${message.controlId ?? ''} came to ${runtime}`.trim(),
    ...(decided ? [`the table “${decided.table}” matched the row ${decided.matched.join(', ')}`] : []),
    ...(people.length > 0 ? [`${people.join(', then ')} ${people.length === 1 ? 'was' : 'were'} told`] : []),
    ...(answered ? [`${answered.by} answered`] : []),
  ];
  return `${parts.join('; ')}.`;
}

function Step({
  number,
  title,
  children,
}: {
  readonly number: number;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <section className={`panel ${classes['step']}`} aria-labelledby={`why-${number}`}>
      <div className="panel-head">
        <span className={classes['number']} aria-hidden="true">
          {number}
        </span>
        <h2 id={`why-${number}`}>{title}</h2>
      </div>
      <div className="panel-body">{children}</div>
    </section>
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
