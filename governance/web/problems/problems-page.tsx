import { Button } from '@mantine/core';
import { MessageSquareWarning } from 'lucide-react';
import { useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useStatus } from '../api/queries.ts';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { clockTime } from '../time/duration.ts';
import { AnswerSheet } from './answer-sheet.tsx';
import { ProblemRow, type ShownProblem } from './problem-row.tsx';
import { ENDED_STATES, OPEN_STATES } from './problem-words.ts';
import tabClasses from '../lists/tabs.module.css';
import classes from './problems.module.css';
import { useChangeProblem, useProblems, type ProblemQuestion } from './queries.ts';

const TABS = {
  open: {
    label: 'Open',
    question: { state: OPEN_STATES.join(',') },
    title: 'Nobody waits for an answer',
    empty: 'What people report from a task or an alert with “Report a problem” appears here.',
  },
  mine: {
    label: 'Reported by me',
    question: { mine: 1 },
    title: 'You have reported nothing',
    empty: 'Report a problem from a task: open it, then “More”, or the key p in the worklist.',
  },
  answered: {
    label: 'Answered',
    question: { state: ENDED_STATES.join(',') },
    title: 'Nothing has been answered yet',
    empty: 'Reports with an answer stay here.',
  },
} as const satisfies Readonly<
  Record<
    string,
    { readonly label: string; readonly question: ProblemQuestion; readonly title: string; readonly empty: string }
  >
>;
type Tab = keyof typeof TABS;

/** What people at the front say is wrong, by flow: for those who mend it, and for those who said it. */
export default function ProblemsPage() {
  useDocumentTitle('Problems');
  const { may, view } = useSession();
  const [params, setParams] = useSearchParams();
  const wanted = params.get('tab') ?? '';
  const tab: Tab = Object.hasOwn(TABS, wanted) ? (wanted as Tab) : 'open';
  const query = useProblems(TABS[tab].question);
  const titles = new Map(useStatus().data?.definitions.map(({ name, title }) => [name, title]));
  const [answering, setAnswering] = useState<ShownProblem | null>(null);
  const change = useChangeProblem();
  const say = useSay();
  const list = useRef<HTMLDivElement>(null);
  const triage = may('problem:triage');

  const problems = query.data?.pages.flatMap((page) => page.problems) ?? [];
  const groups = Map.groupBy(problems, ({ definition }) => definition);
  const counts = query.data?.pages[0]?.counts;
  const counted: Readonly<Record<Tab, number | undefined>> = {
    open: counts && OPEN_STATES.reduce((sum, state) => sum + counts[state], 0),
    mine: undefined,
    answered: counts && ENDED_STATES.reduce((sum, state) => sum + counts[state], 0),
  };

  const take = (problem: ShownProblem): void =>
    change.mutate(
      {
        id: problem.id,
        change: {
          seen: problem.version,
          assignee: view.username,
          ...(problem.state === 'open' ? { state: 'looked-at' as const } : {}),
        },
      },
      { onSuccess: () => say('You look at it.') },
    );

  const articles = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('article') ?? [])];
  const at = (): number => articles().findIndex((one) => one.contains(document.activeElement));
  const move = (by: number): void => articles()[Math.max(0, Math.min(articles().length - 1, at() + by))]?.focus();
  const current = (): ShownProblem | undefined => {
    const id = articles()[at()]?.dataset['problem'];
    return problems.find((one) => one.id === id);
  };
  useShortcuts('Problems', [
    { keys: 'j', what: 'Next report', run: () => move(1) },
    { keys: 'k', what: 'Previous report', run: () => move(-1) },
    ...(triage
      ? [
          {
            keys: 'a',
            what: 'I look at it',
            run: () => {
              const one = current();
              if (one && one.assignee !== view.username) take(one);
            },
          },
          {
            keys: 'w',
            what: 'Answer',
            run: () => {
              const one = current();
              if (one) setAnswering(one);
            },
          },
        ]
      : []),
  ]);

  return (
    <>
      <div className="page-head">
        <h1>Problems</h1>
        {query.data?.pages[0] && <span className="dim">as of {clockTime(query.data.pages[0].asOf)}</span>}
      </div>
      <div className={tabClasses['tabs']} role="group" aria-label="Which reports">
        {(Object.keys(TABS) as Tab[]).map((name) => (
          <button
            key={name}
            type="button"
            className={tabClasses['tab']}
            aria-pressed={name === tab}
            onClick={() => setParams(name === 'open' ? {} : { tab: name }, { replace: true })}
          >
            {TABS[name].label}
            {counted[name] !== undefined && <span className={tabClasses['count']}>{counted[name]}</span>}
          </button>
        ))}
      </div>
      {change.isError && <ProblemNotice error={change.error} />}
      {query.isPending ? (
        <section className="panel">
          <LoadingRows rows={4} height={96} />
        </section>
      ) : query.isError && !query.data ? (
        <ProblemNotice error={query.error} retry={() => void query.refetch()} />
      ) : problems.length === 0 ? (
        <section className="panel">
          <EmptyState icon={MessageSquareWarning} title={TABS[tab].title}>
            {TABS[tab].empty}
          </EmptyState>
        </section>
      ) : (
        <div ref={list} className={classes['groups']}>
          {[...groups].map(([definition, reports]) => (
            <section key={definition} className="panel" aria-labelledby={`of-${definition}`}>
              <div className="panel-head">
                <h2 id={`of-${definition}`}>{titles.get(definition) ?? definition}</h2>
                <span className="dim">{reports.length === 1 ? '1 report' : `${reports.length} reports`}</span>
              </div>
              {reports.map((problem) => (
                <ProblemRow
                  key={problem.id}
                  problem={problem}
                  onTake={triage && problem.assignee !== view.username ? () => take(problem) : null}
                  onAnswer={triage ? () => setAnswering(problem) : null}
                />
              ))}
            </section>
          ))}
          {query.hasNextPage && (
            <Button
              variant="default"
              size="sm"
              className={classes['older'] ?? ''}
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Older reports
            </Button>
          )}
        </div>
      )}
      {answering && (
        <AnswerSheet
          problem={problems.find(({ id }) => id === answering.id) ?? answering}
          opened={answering}
          onClose={() => setAnswering(null)}
        />
      )}
    </>
  );
}
