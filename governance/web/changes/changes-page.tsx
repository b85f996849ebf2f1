import { Button, Select, TextInput } from '@mantine/core';
import { FileClock, Printer, Search } from 'lucide-react';
import { useState } from 'react';
import type { ClinicalChange } from '../../api/release-contract.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useChanges } from '../releases/queries.ts';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { ToneMark } from '../states/state-mark.tsx';
import type { Tone } from '../states/message-state.ts';
import classes from './changes.module.css';

const KINDS: Readonly<Record<ClinicalChange['kind'], { readonly text: string; readonly tone: Tone }>> = {
  order: { text: 'Changed', tone: 'info' },
  rollback: { text: 'Taken back', tone: 'warn' },
  'break-glass': { text: 'Emergency', tone: 'danger' },
  return: { text: 'Emergency over', tone: 'plain' },
};
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** What has changed for those who work with it: plain words, for reading and for the notice board. */
export default function ChangesPage() {
  useDocumentTitle('Changes');
  const changes = useChanges();
  const [environment, setEnvironment] = useState('');
  const [text, setText] = useState('');
  const all = changes.data?.changes ?? [];
  const environments = [...new Set(all.map((change) => change.environment))].toSorted();
  const wanted = text.trim().toLowerCase();
  const shown = all.filter(
    (change) => (environment === '' || change.environment === environment) && wordsOf(change).includes(wanted),
  );
  const days = Map.groupBy(shown, ({ at }) => day.format(at));
  return (
    <>
      <div className="page-head">
        <h1>Changes</h1>
        <p className="dim">What clinical workflows do differently, and since when. </p>
        <Button variant="default" leftSection={<Printer size={14} />} onClick={() => window.print()}>
          Print
        </Button>
      </div>
      {changes.isPending && <LoadingRows rows={6} height={72} />}
      {changes.isError && !changes.data && (
        <ProblemNotice error={changes.error} retry={() => void changes.refetch()} alone />
      )}
      {all.length > 0 && (
        <div className={classes['filters']} role="search" aria-label="Changes">
          <TextInput
            aria-label="Find in the changes"
            placeholder="Find: potassium, discharge, …"
            leftSection={<Search size={14} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {environments.length > 1 && (
            <Select
              aria-label="Environment"
              data={[
                { value: '', label: 'All environments' },
                ...environments.map((one) => ({ value: one, label: one })),
              ]}
              allowDeselect={false}
              value={environment}
              onChange={(value) => setEnvironment(value ?? '')}
            />
          )}
          <a href="/api/v1/changes/feed.json">As a feed</a>
        </div>
      )}
      {changes.data && all.length === 0 && (
        <EmptyState icon={FileClock} title="Nothing has changed yet">
          When an approved change goes into production, it is said here in plain words.
        </EmptyState>
      )}
      {all.length > 0 && shown.length === 0 && (
        <EmptyState icon={Search} title="No change says that">
          Look for fewer letters, or in all environments.
        </EmptyState>
      )}
      {[...days].map(([date, ofDay]) => (
        <section key={date} aria-label={date} className={classes['day']}>
          <h2>{date}</h2>
          {ofDay.map((change) => (
            <Change key={anchorOf(change)} change={change} named={environments.length > 1} />
          ))}
        </section>
      ))}
    </>
  );
}

function Change({ change, named }: { readonly change: ClinicalChange; readonly named: boolean }) {
  const { text, tone } = KINDS[change.kind];
  return (
    <article className={`panel ${classes['change']}`} id={anchorOf(change)} aria-label={change.title}>
      <header>
        <h3>{change.title}</h3>
        <ToneMark tone={tone}>{text}</ToneMark>
        <span className="dim">
          {hour.format(change.at)}
          {named && `, ${change.environment}`}
        </span>
      </header>
      {change.summary !== '' && <p>{change.summary}</p>}
      {change.definitions.map(({ name, title, lines }) => (
        <div key={name}>
          <h4>{title}</h4>
          <ul>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      ))}
      {change.definitions.length === 0 && <p className="dim">Nothing that can be seen has changed.</p>}
    </article>
  );
}

const anchorOf = ({ environment, sequence, kind }: ClinicalChange): string =>
  `${environment}-${sequence}${kind === 'return' ? '-return' : ''}`;

const wordsOf = ({ title, summary, definitions }: ClinicalChange): string =>
  [title, summary, ...definitions.flatMap((one) => [one.title, ...one.lines])].join('\n').toLowerCase();
