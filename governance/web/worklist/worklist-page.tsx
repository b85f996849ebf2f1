import { ClipboardCheck, SearchX } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import type { TaskView } from '../../api/runtime-shapes.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { clockTime } from '../time/duration.ts';
import { useWishesOf } from '../tasks/possible.ts';
import { useDeed } from '../tasks/queries.ts';
import { TaskSheet } from '../tasks/sheets.tsx';
import type { Wish } from '../tasks/wish.ts';
import { canBeClaimed } from '../tasks/ways.ts';
import { useTaskCounts } from '../tasks/task-counts.ts';
import { OnFor } from './on-for.tsx';
import { LookFurther } from './look-further.tsx';
import { TaskList, type ListHandle } from './task-list.tsx';
import { useWorklist } from './use-worklist.ts';
import {
  emptyOf,
  isNarrowed,
  readWorkFilter,
  TAB_LOOKS,
  WORK_TABS,
  writeWorkFilter,
  type WorkFilter,
} from './worklist-filter.ts';
import { WorklistFilters } from './worklist-filters.tsx';
import { WorklistTabs } from './worklist-tabs.tsx';
import classes from './worklist.module.css';

/** Where the keyboard was, for coming back from a task. */
let leftAt: string | null = null;

/** What people owe, the soonest due first. */
export default function WorklistPage() {
  useDocumentTitle('Worklist');
  const { may } = useSession();
  const [, navigate] = useLocation();
  const [params, setParams] = useSearchParams();
  const filter = readWorkFilter(params);
  const [search, setSearch] = useState('');
  const list = useWorklist(filter, search);
  const [calm, setCalm] = useState(true);
  const [open, setOpen] = useState<{ readonly task: TaskView; readonly wish: Wish } | null>(null);
  const [start] = useState(leftAt);
  const rows = useRef<ListHandle>(null);
  const deed = useDeed();
  const say = useSay();
  const wishesOf = useWishesOf();
  const mine = useTaskCounts('mine').data;

  const change = (more: Partial<WorkFilter>): void =>
    setParams(writeWorkFilter({ ...filter, ...more }), { replace: true });
  const turnTo = (tab: WorkFilter['tab']): void => change({ tab, state: '' });
  const wish = (task: TaskView, one: Wish): void => setOpen({ task, wish: one });
  const close = (): void => {
    setOpen(null);
    rows.current?.focus();
  };
  const claim = (task: TaskView): void => {
    if (deed.isPending) return;
    const { claim: possible, wishes } = wishesOf(task);
    const instead = wishes.find(({ wish: one }) => one.kind === 'take-over');
    if (!possible && instead && canBeClaimed(task.state)) return wish(task, instead.wish);
    if (!possible) return say('It cannot be acknowledged: somebody has it, or it has ended.');
    deed.mutate(
      { id: task.id, deed: { kind: 'moves', seen: task.version, moves: ['claim'] } },
      {
        onSuccess: (after) => {
          list.note(after);
          say(`Yours: ${after.title}`);
        },
      },
    );
  };

  /** On the task under the keyboard; where there is none, the keyboard goes to where it was and nothing is done. */
  const onCurrent = (run: (task: TaskView) => void) => () => {
    const task = rows.current?.current();
    if (task) run(task);
    else rows.current?.move(0);
  };
  const keyed = (keys: string, what: string) => ({
    keys,
    what,
    run: onCurrent((task) => {
      const found = wishesOf(task).wishes.find(({ key }) => key === keys);
      if (found) wish(task, found.wish);
      else say(`Not possible as it is: ${task.title}`);
    }),
  });
  const work = may('task:work');
  useShortcuts('Worklist', [
    { keys: 'j', what: 'Next task', run: () => rows.current?.move(1) },
    { keys: 'k', what: 'Previous task', run: () => rows.current?.move(-1) },
    ...(work ? [{ keys: 'a', what: 'Acknowledge: I take it', run: onCurrent(claim) }] : []),
    ...(work ? [keyed('d', 'Done'), keyed('s', 'Begin, or go on'), keyed('c', 'Comment')] : []),
    ...(may('task:assign') ? [keyed('h', 'Hand over'), keyed('t', 'Take over what is not mine')] : []),
    ...(may('task:override') ? [keyed('o', 'Override the rule')] : []),
    ...(may('problem:create') ? [keyed('p', 'Report a problem')] : []),
    { keys: 'n', what: 'Show what is new', run: list.apply },
    ...WORK_TABS.map((tab, n) => ({
      keys: String(n + 1),
      what: TAB_LOOKS[tab].label,
      run: () => turnTo(tab),
    })),
  ]);

  const { arrived, apply } = list;
  const gone = list.rows.some(({ left }) => left);
  const applied = useRef(0);
  useEffect(() => {
    // Nobody has the pointer or the keyboard in the list: it may move by itself.
    if (!calm || open !== null || (arrived === 0 && !gone)) return undefined;
    const run = (): void => {
      applied.current = Date.now();
      apply();
    };
    const timer = window.setTimeout(run, Math.max(0, applied.current + 900 - Date.now()));
    return () => window.clearTimeout(timer);
    // Also with each answer: what came while the last was drawn would wait, and no button says so.
  }, [calm, open, arrived, gone, list.newest?.asOf]);

  const empty = emptyOf(filter.tab, list.newest);
  const narrowed = isNarrowed(filter) || search !== '';
  return (
    <>
      <div className="page-head">
        <h1>Worklist</h1>
        <OnFor list={mine} />
        {list.newest && <span className="dim">as of {clockTime(list.newest.asOf)}</span>}
      </div>
      <section className="panel" aria-label="Worklist">
        <WorklistTabs active={filter.tab} onChange={turnTo} />
        <WorklistFilters
          filter={filter}
          search={search}
          loaded={list.rows.map(({ task }) => task)}
          covers={mine?.covers ?? []}
          onChange={change}
          onSearch={setSearch}
        />
        {(list.error != null || deed.isError) && (
          <div className={classes['notice']}>
            {list.error != null && <ProblemNotice error={list.error} retry={list.apply} />}
            {deed.isError && <ProblemNotice error={deed.error} />}
          </div>
        )}
        {list.pending ? (
          list.error == null && <LoadingRows rows={10} height={58} />
        ) : list.rows.length > 0 ? (
          <TaskList
            key={JSON.stringify([filter, search])}
            list={list}
            calm={calm}
            onCalm={setCalm}
            start={start}
            handle={rows}
            deeds={{
              claim,
              wish,
              focused: (id) => (leftAt = id),
            }}
          />
        ) : list.error != null ? null : narrowed ? (
          <EmptyState
            icon={SearchX}
            title={
              list.lookedAt === null
                ? 'No task matches'
                : `No match in the first ${list.lookedAt.toLocaleString('en-GB')}`
            }
          >
            {list.lookedAt !== null && <LookFurther list={list} />}{' '}
            <button
              type="button"
              className={classes['link']}
              onClick={() => {
                setSearch('');
                navigate(`/worklist?tab=${filter.tab}`);
              }}
            >
              Show all of “{TAB_LOOKS[filter.tab].label}”
            </button>
          </EmptyState>
        ) : (
          <EmptyState icon={ClipboardCheck} title={empty.title}>
            {empty.text}
          </EmptyState>
        )}
      </section>
      {open && (
        <TaskSheet
          key={`${open.task.id} ${JSON.stringify(open.wish)}`}
          task={open.task}
          wish={open.wish}
          onWish={(next) => setOpen({ task: open.task, wish: next })}
          onClose={close}
          onDone={(after) => {
            list.note(after);
            close();
          }}
        />
      )}
    </>
  );
}
