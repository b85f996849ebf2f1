import { CircleCheck, BellOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { AlertState, AlertView } from '../../api/runtime-shapes.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import tabClasses from '../lists/tabs.module.css';
import { VirtualList } from '../lists/virtual-list.tsx';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { clockTime } from '../time/duration.ts';
import { AlertRow } from './alert-row.tsx';
import { inOrder, isOver } from './alert-words.ts';
import classes from './alerts.module.css';
import { CloseSheet } from './close-sheet.tsx';
import { HeldBackView } from './held-back-view.tsx';
import { useAlerts, useAlertStep } from './queries.ts';

const OPEN: readonly AlertState[] = ['open'];
const TAKEN: readonly AlertState[] = ['acknowledged'];
const OVER: readonly AlertState[] = ['closed', 'resolved'];

/** Whom Wardflow has told of what, and who has it: what nobody has comes first. */
export default function AlertsPage({ view }: { readonly view: 'waiting' | 'over' | 'held-back' }) {
  const counts = useAlerts(OPEN).data?.counts;
  const views = [
    { key: 'waiting', path: '/alerts', label: 'Waiting', count: counts?.open ?? 0, alarm: true },
    { key: 'over', path: '/alerts/over', label: 'Over', count: 0, alarm: false },
    { key: 'held-back', path: '/alerts/held-back', label: 'Held back', count: 0, alarm: false },
  ];
  const current = views.find(({ key }) => key === view);
  useDocumentTitle(view === 'waiting' ? 'Alerts' : `${current?.label ?? ''}, Alerts`);
  return (
    <>
      <div className="page-head">
        <h1>Alerts</h1>
      </div>
      <nav aria-label="Alerts" className={tabClasses['tabs']}>
        {views.map(({ key, path, label, count, alarm }) => (
          <Link
            key={key}
            href={path}
            className={tabClasses['tab'] ?? ''}
            aria-current={key === view ? 'page' : undefined}
            data-alarm={alarm}
          >
            {label}
            {count > 0 && <span className={tabClasses['count']}>{count.toLocaleString('en-GB')}</span>}
          </Link>
        ))}
      </nav>
      {view === 'held-back' ? <HeldBackView /> : <AlertsView key={view} over={view === 'over'} />}
    </>
  );
}

function AlertsView({ over }: { readonly over: boolean }) {
  const { may } = useSession();
  const [, navigate] = useLocation();
  const say = useSay();
  // Apart: however many have been taken over, none that nobody has is missing.
  const first = useAlerts(over ? OVER : OPEN);
  const second = useAlerts(TAKEN, !over);
  const [chosen, setChosen] = useState<AlertView | null>(null);
  const step = useAlertStep();
  const list = useRef<HTMLElement>(null);
  const pending = first.isPending || (!over && second.isPending);
  // Also beside what was read before: what came since is not in it.
  const failed = [first, ...(over ? [] : [second])].find((query) => query.isError);
  // Taken over between the two answers, it is in both: the newer one counts.
  const both = [...(first.data?.alerts ?? []), ...(over ? [] : (second.data?.alerts ?? []))];
  const newest = new Map(both.toSorted((a, b) => a.version - b.version).map((alert) => [alert.id, alert]));
  const found = both.filter((alert) => newest.get(alert.id) === alert);
  const rows = over ? found : inOrder(found);
  const { counts } = first.data ?? {};
  const all = !counts ? 0 : over ? counts.closed + counts.resolved : counts.open + counts.acknowledged;
  const answers = may('alert:answer');

  const links = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('[data-alert]') ?? [])];
  const here = (): number => links().findIndex((link) => link.closest('li')?.contains(document.activeElement));
  const current = (): AlertView | undefined =>
    here() < 0 ? undefined : rows.find(({ id }) => id === links()[here()]?.dataset['alert']);
  const focus = (at: number): void => links()[Math.max(0, Math.min(links().length - 1, at))]?.focus();

  const acknowledge = (alert: AlertView): void => {
    // It moves down the list: the keyboard stays where the next one comes.
    const after = rows[rows.findIndex(({ id }) => id === alert.id) + 1];
    step.mutate(
      { alert, step: 'acknowledge' },
      { onSuccess: () => say(`You have it: ${alert.title}. Nobody else is told.`) },
    );
    links()
      .find((link) => link.dataset['alert'] === after?.id)
      ?.focus();
  };
  const onCurrent = (what: (alert: AlertView) => void, may_: boolean): void => {
    const alert = current();
    if (!may_) return;
    if (alert) what(alert);
    // Never at one that nobody has pointed at.
    else focus(0);
  };
  useShortcuts('Alerts', [
    { keys: 'j', what: 'Next', run: () => focus(here() + 1) },
    { keys: 'k', what: 'Previous', run: () => focus(here() - 1) },
    {
      keys: 'a',
      what: 'Acknowledge the one in focus',
      run: () => onCurrent((alert) => alert.state === 'open' && acknowledge(alert), answers),
    },
    {
      keys: 'c',
      what: 'Close the one in focus…',
      run: () => onCurrent((alert) => !isOver(alert.state) && setChosen(alert), answers),
    },
    {
      keys: 'o',
      what: 'Open its message',
      run: () => onCurrent((one) => navigate(`/messages/${one.messageId}`), true),
    },
  ]);

  const failure = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (step.isError) failure.current?.scrollIntoView({ block: 'nearest' });
  }, [step.isError]);

  return (
    <>
      <div ref={failure} className={classes['failure']}>
        {step.isError && <ProblemNotice error={step.error} />}
      </div>
      <section ref={list} className="panel" aria-label={over ? 'Alerts that are over' : 'Alerts that wait'}>
        {failed && <ProblemNotice error={failed.error} retry={() => void failed.refetch()} />}
        {pending && !failed ? (
          <LoadingRows rows={8} height={72} />
        ) : rows.length === 0 ? (
          !failed && (
            <EmptyState icon={over ? BellOff : CircleCheck} title={over ? 'No alert is over yet' : 'No alert waits'}>
              {over
                ? 'Alerts that were closed, or whose cause is gone, stand here.'
                : 'A flow starts one with the node “alert”, where its policy says that somebody is to be told.'}
            </EmptyState>
          )
        ) : (
          <>
            {all > rows.length && (
              <p className={classes['more']}>
                {rows.length.toLocaleString('en-GB')} of {all.toLocaleString('en-GB')} are shown, the newest of each
                state.
              </p>
            )}
            <VirtualList items={rows} keyOf={({ id }) => id} estimate={74} label={over ? 'Over' : 'Waiting'}>
              {(alert) => (
                <AlertRow
                  alert={alert}
                  busy={step.isPending && step.variables.alert.id === alert.id}
                  onAcknowledge={answers ? () => acknowledge(alert) : null}
                  onClose={answers ? () => setChosen(alert) : null}
                />
              )}
            </VirtualList>
          </>
        )}
      </section>
      {first.data && <p className={classes['as-of']}>as of {clockTime(first.data.asOf)}</p>}
      {chosen && <CloseSheet alert={chosen} onClose={() => setChosen(null)} />}
    </>
  );
}
