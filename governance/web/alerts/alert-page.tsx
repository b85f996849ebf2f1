import { Button } from '@mantine/core';
import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { AlertDelivery, AlertDetail, AlertView } from '../../api/runtime-shapes.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { MergedNote } from '../tasks/merged-note.tsx';
import { OtherTasks } from '../tasks/other-tasks.tsx';
import { ReportSheet } from '../tasks/report-sheet.tsx';
import { TASK_LOOKS } from '../tasks/task-words.ts';
import { RunbookLink } from '../runbook/runbook-link.tsx';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { duration, exactTime } from '../time/duration.ts';
import { ActSheet } from './act-sheet.tsx';
import { deliveredAt, isOver, lookOf } from './alert-words.ts';
import classes from './alerts.module.css';
import { CloseSheet } from './close-sheet.tsx';
import { HeldBackRow } from './held-back-view.tsx';
import { useAlert, useAlertStep } from './queries.ts';

/** One alert: where the links in pages and mails lead. */
export default function AlertPage({ id }: { readonly id: string }) {
  useDocumentTitle('Alert');
  const query = useAlert(id);
  return (
    <>
      <Link href="/alerts" className={classes['backlink'] ?? ''}>
        <ArrowLeft size={14} aria-hidden="true" /> Alerts
      </Link>
      {query.isPending ? (
        <LoadingRows rows={8} height={56} />
      ) : query.data ? (
        <Alert detail={query.data} />
      ) : (
        <ProblemNotice error={query.error} retry={() => void query.refetch()} />
      )}
    </>
  );
}

function Alert({ detail: { alert, heldBack, definition, tasks, patient } }: { readonly detail: AlertDetail }) {
  const { may } = useSession();
  const [, navigate] = useLocation();
  const say = useSay();
  const [sheet, setSheet] = useState<'act' | 'close' | 'report' | null>(null);
  const step = useAlertStep();
  const look = useAlertStep();
  const answers = may('alert:answer');
  const over = isOver(alert.state);
  const looked = useRef(false);
  useEffect(() => {
    if (looked.current || !answers || over || alert.openedAt !== null) return;
    looked.current = true;
    look.mutate({ alert, step: 'open' });
    // Once for a visit: the first look is kept, later ones change nothing.
  }, []);

  const acknowledge = (): void => {
    if (alert.state === 'open' && answers)
      step.mutate({ alert, step: 'acknowledge' }, { onSuccess: () => say('You have it. Nobody else is told.') });
  };
  useShortcuts('Alert', [
    { keys: 'a', what: 'Acknowledge', run: acknowledge },
    { keys: 'd', what: 'Note what was done…', run: () => answers && !over && setSheet('act') },
    { keys: 'c', what: 'Close…', run: () => answers && !over && setSheet('close') },
    { keys: 'o', what: 'Open the message', run: () => navigate(`/messages/${alert.messageId}`) },
  ]);
  const { label, tone, icon } = lookOf(alert);
  return (
    <>
      <div className={classes['head']}>
        <h1>{alert.title}</h1>
        <ToneMark tone={tone} icon={icon}>
          {label}
        </ToneMark>
        <div className={classes['head-acts']}>
          {alert.state === 'open' && answers && (
            <Button size="sm" onClick={acknowledge} loading={step.isPending}>
              Acknowledge
            </Button>
          )}
          {!over && answers && (
            <>
              <Button size="sm" variant="default" onClick={() => setSheet('act')}>
                Note what was done…
              </Button>
              <Button size="sm" variant="default" onClick={() => setSheet('close')}>
                Close…
              </Button>
            </>
          )}
          {may('problem:create') && (
            <Button size="sm" variant="default" onClick={() => setSheet('report')}>
              Report a problem…
            </Button>
          )}
        </div>
      </div>
      {patient?.merged && (
        <div className={classes['failure']}>
          <MergedNote merged={patient.merged} since={alert.startedAt} />
        </div>
      )}
      {step.isError && (
        <div className={classes['failure']}>
          <ProblemNotice error={step.error} />
        </div>
      )}
      <div className={classes['columns']}>
        <div className={classes['wide']}>
          <Tellings deliveries={alert.deliveries} />
          <Acts acts={alert.acts ?? []} />
          <About alert={alert} definition={definition} tasks={tasks} />
        </div>
        <div className={classes['narrow']}>
          <Times alert={alert} />
          <OtherTasks patient={patient} />
        </div>
      </div>
      {heldBack.length > 0 && (
        <section className={`panel ${classes['below']}`} aria-labelledby="held-back">
          <div className="panel-head">
            <h2 id="held-back">Held back since</h2>
          </div>
          <ul className={classes['plain-list']}>
            {heldBack.slice(0, MOST_HELD).map((one) => (
              <li key={`${one.messageId} ${one.because} ${one.at}`}>
                <HeldBackRow one={one} />
              </li>
            ))}
          </ul>
          {heldBack.length > MOST_HELD && (
            <p className={classes['more']}>
              The newest {MOST_HELD} are shown. <Link href="/alerts/held-back">All that was held back</Link>
            </p>
          )}
        </section>
      )}
      {sheet === 'act' && <ActSheet alert={alert} onClose={() => setSheet(null)} />}
      {sheet === 'close' && <CloseSheet alert={alert} onClose={() => setSheet(null)} />}
      {sheet === 'report' && <ReportSheet about={{ alert }} onClose={() => setSheet(null)} />}
    </>
  );
}

const MOST_HELD = 20;
const MOST_TASKS = 10;
/** So many are kept with an alert. */
const MOST_ACTS = 50;

const OUTCOMES = {
  delivered: { text: 'Delivered', tone: 'ok' },
  sent: { text: 'Taken by the provider', tone: 'ok' },
  failed: { text: 'Failed', tone: 'danger' },
} as const;

/** Codes of the catalogue, in a few words. */
const WHY: Readonly<Record<string, string>> = {
  'channel-unbound': 'The channel is not bound in this environment',
  'channel-without-address': 'The channel knows no address for them',
  'channel-credential-missing': 'The channel’s credential is not there',
  'channel-tls-file': 'The channel’s certificates cannot be used',
  'channel-unreachable': 'The channel could not be reached',
  'channel-refused': 'The channel refused it',
  'channel-busy': 'The channel asked to wait',
  'channel-unsure': 'No answer came back',
};
const unsure = (code: string | null): boolean => code === 'channel-unsure';

function Tellings({ deliveries }: { readonly deliveries: readonly AlertDelivery[] }) {
  return (
    <section className="panel" aria-labelledby="told">
      <div className="panel-head">
        <h2 id="told">Who was told</h2>
      </div>
      {deliveries.length === 0 ? (
        <p className="panel-body dim">Nobody yet: the first channel is being tried.</p>
      ) : (
        <ScrollX stacked label="Who was told, table">
          <table className="plain-table">
            <thead>
              <tr>
                <th>Channel</th>
                <th>To</th>
                <th>Outcome</th>
                <th className="number">At</th>
              </tr>
            </thead>
            <tbody>
              {deliveries.map(({ channel, to, at, state, repeat, code }, i) => (
                // They are appended only.
                // oxlint-disable-next-line no-array-index-key
                <tr key={i}>
                  <td>{channel}</td>
                  <td>{to}</td>
                  <td>
                    <ToneMark tone={unsure(code) ? 'warn' : OUTCOMES[state].tone}>
                      {unsure(code) ? 'May have arrived' : OUTCOMES[state].text}
                    </ToneMark>
                    {code !== null && <div className="dim">{WHY[code] ?? code}</div>}
                    {repeat && <div className="dim">A repeat: it may have arrived before</div>}
                  </td>
                  <td className={`number ${classes['told-at']}`}>{exactTime(at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}

const personOf = (actor: string): string => actor.replace(/^[a-z]+:/, '');

/** In people's own words, as they noted it; nothing where nobody has. */
function Acts({ acts }: { readonly acts: NonNullable<AlertView['acts']> }) {
  if (acts.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="done">
      <div className="panel-head">
        <h2 id="done">What was done</h2>
      </div>
      <ol className={classes['plain-list']}>
        {acts.map(({ by, at, what }, i) => (
          // They are appended only.
          // oxlint-disable-next-line no-array-index-key
          <li key={i} className={classes['done']}>
            <p>{what}</p>
            <p className="dim">
              {personOf(by)}, {exactTime(at)}
            </p>
          </li>
        ))}
      </ol>
      {acts.length >= MOST_ACTS && <p className={classes['more']}>The last {MOST_ACTS} are kept.</p>}
    </section>
  );
}

function Times({ alert }: { readonly alert: AlertView }) {
  const { startedAt, openedAt, acknowledged, actedAt, ended, state } = alert;
  const by = (actor: string | undefined): string => (actor === undefined ? '' : `, ${personOf(actor)}`);
  const times: readonly (readonly [string, number | null])[] = [
    ['Started', startedAt],
    ['Delivered', deliveredAt(alert)],
    ['Opened', openedAt],
    [`Acknowledged${by(acknowledged?.by)}${withTask(acknowledged?.task)}`, acknowledged?.at ?? null],
    ['First action', actedAt],
    [state === 'resolved' ? 'Resolved' : `Closed${by(ended?.by)}${withTask(ended?.task)}`, ended?.at ?? null],
  ];
  return (
    <section className="panel" aria-labelledby="times">
      <div className="panel-head">
        <h2 id="times">Times</h2>
      </div>
      <dl className={classes['times']}>
        {times.map(([name, at]) => (
          <div key={name} data-missing={at === null}>
            <dt>{name}</dt>
            <dd>
              {at === null ? (
                '–'
              ) : (
                <>
                  {exactTime(at)}
                  {at !== startedAt && <span className="dim">after {duration(at - startedAt)}</span>}
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const withTask = (task: string | undefined): string => (task === undefined ? '' : ', with its task');

function About({ alert, definition, tasks }: Pick<AlertDetail, 'alert' | 'definition' | 'tasks'>) {
  const { may } = useSession();
  const { message, messageId, runbook, policy, policyVersion, tier, count, ended } = alert;
  return (
    <section className="panel" aria-labelledby="about">
      <div className="panel-head">
        <h2 id="about">About it</h2>
      </div>
      <dl className={classes['facts']}>
        <Fact name="Tier">
          <span className={classes['tier']}>{tier}</span>
        </Fact>
        <Fact name="How often">{count === 1 ? 'Once' : `${count.toLocaleString('en-GB')} times, told once`}</Fact>
        <Fact name="Message">
          <Link href={`/messages/${messageId}`}>
            {[message.type, message.controlId].filter((one) => one !== null).join(' ') || 'the message'}
          </Link>
          {message.patientHint !== null && <> · {message.patientHint}</>}
        </Fact>
        {tasks.length > 0 && (
          <Fact name={tasks.length === 1 ? 'Task' : 'Tasks'}>
            <ul className={classes['bare-list']}>
              {tasks.slice(0, MOST_TASKS).map((task) => (
                <li key={task.id}>
                  {may('task:list') ? <Link href={`/tasks/${task.id}`}>{task.title}</Link> : task.title}{' '}
                  <span className="dim">· {TASK_LOOKS[task.state].label.toLowerCase()}</span>
                </li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact name="Flow">{definition.title}</Fact>
        <Fact name="Policy">
          {policy} <span className="mono dim">{policyVersion.slice(0, 8)}</span>
        </Fact>
        <Fact name="Runbook">
          {runbook === null ? (
            <span className="dim">none named</span>
          ) : (
            <>
              <RunbookLink definition={alert.definition} heading={runbook} /> of {definition.title}
            </>
          )}
        </Fact>
        {ended?.dismissal?.text && <Fact name="Why it was closed">{ended.dismissal.text}</Fact>}
      </dl>
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
