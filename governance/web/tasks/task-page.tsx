import { Button, Menu } from '@mantine/core';
import { ArrowLeft, ChevronDown, ClipboardX } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { TaskDetail } from '../../api/runtime-shapes.ts';
import { problemOf } from '../api/client.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { moment } from '../time/duration.ts';
import { Checklist } from './checklist.tsx';
import { DueClock } from './due-clock.tsx';
import { EhrPanel } from './ehr-panel.tsx';
import { reasonSentence } from './event-words.ts';
import { LadderPanel } from './ladder-panel.tsx';
import { MergedNote } from './merged-note.tsx';
import { OtherTasks } from './other-tasks.tsx';
import { Fact, Panel } from './panel.tsx';
import { useOtherSteps, useWishes } from './possible.ts';
import { TaskProblems } from './task-problems.tsx';
import { useDeed, useTask } from './queries.ts';
import { TaskSheet } from './sheets.tsx';
import type { Wish } from './wish.ts';
import { PriorityMark, TaskMark } from './task-marks.tsx';
import { dueRuleWords, holderWords, STEP_WORDS, whoWords } from './task-words.ts';
import classes from './tasks.module.css';
import { Timeline } from './timeline.tsx';
import { WhyPanel } from './why-panel.tsx';

/** One task: what is to be done, by when and whom, why, and everything that was done about it. */
export default function TaskPage({ id }: { readonly id: string }) {
  useDocumentTitle('Task');
  const query = useTask(id);
  if (query.isPending) return <LoadingRows rows={8} />;
  if (!query.data)
    return problemOf(query.error).status === 404 ? (
      <EmptyState icon={ClipboardX} title="There is no such task">
        The link may be old, or the task belongs to somebody else’s part. <Link href="/worklist">To the worklist</Link>
      </EmptyState>
    ) : (
      <ProblemNotice error={query.error} retry={() => void query.refetch()} />
    );
  return (
    <>
      {query.isError && <ProblemNotice error={query.error} retry={() => void query.refetch()} />}
      <Shown detail={query.data} />
    </>
  );
}

function Shown({ detail }: { readonly detail: TaskDetail }) {
  const { task, events, definition } = detail;
  const { view, may } = useSession();
  const say = useSay();
  const [wish, setWish] = useState<Wish | null>(null);
  const { claim, main, wishes } = useWishes(task);
  const others = useOtherSteps(detail);
  const deed = useDeed();
  const take = (): void => {
    if (!claim || deed.isPending) return;
    deed.mutate(
      { id: task.id, deed: { kind: 'moves', seen: task.version, moves: ['claim'] } },
      { onSuccess: () => say('It is yours.') },
    );
  };
  useShortcuts('This task', [
    ...(claim ? [{ keys: 'a', what: 'Acknowledge: I take it', run: take }] : []),
    ...wishes.map((one) => ({ keys: one.key, what: one.label.replace('…', ''), run: () => setWish(one.wish) })),
  ]);
  const first = wishes.find((one) => one.wish === main);
  const more = wishes.filter((one) => one !== first);
  return (
    <div className={classes['page']}>
      <header className={classes['head']}>
        <Link href="/worklist" className={classes['back'] ?? ''}>
          <ArrowLeft size={14} aria-hidden="true" /> Worklist
        </Link>
        <h1>{task.title}</h1>
        <p className={classes['line']}>
          <TaskMark state={task.state} />
          <PriorityMark priority={task.priority} />
          <DueClock dueAt={task.dueAt} endedAt={task.endedAt} />
          <span>{holderWords(task, view.username)}</span>
        </p>
        {task.reason !== null && (task.state === 'on-hold' || task.state === 'rejected' || task.state === 'failed') && (
          <p className={classes['because']}>Because: {reasonSentence(task)}</p>
        )}
        <MergedNote merged={detail.patient?.merged ?? null} since={task.createdAt} />
        <div className={classes['actions']}>
          {claim && (
            <Button size="sm" loading={deed.isPending} onClick={take} title="a">
              Acknowledge
            </Button>
          )}
          {first && (
            <Button
              size="sm"
              variant={claim ? 'default' : 'filled'}
              onClick={() => setWish(first.wish)}
              title={first.key}
            >
              {first.label}
            </Button>
          )}
          {more.length + others.length > 0 && (
            <Menu position="bottom-start" width={240}>
              <Menu.Target>
                <Button size="sm" variant="default" rightSection={<ChevronDown size={15} aria-hidden="true" />}>
                  More
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {more.map(({ wish: one, label }) => (
                  <Menu.Item key={label} onClick={() => setWish(one)}>
                    {label}
                  </Menu.Item>
                ))}
                {others.length > 0 && <Menu.Divider />}
                {others.map((step) => (
                  <Menu.Item key={step} onClick={() => setWish({ kind: 'step', step })}>
                    {STEP_WORDS[step]}…
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
        </div>
        {deed.isError && <ProblemNotice error={deed.error} />}
      </header>
      <div className={classes['columns']}>
        <div className={classes['column']}>
          {task.parts.length > 0 && (
            <Panel id="checklist" title="Checklist" aside={partsDone(detail)}>
              <Checklist task={task} version={task.version} onSkip={(part) => setWish({ kind: 'skip', part })} />
            </Panel>
          )}
          <WhyPanel detail={detail} />
          <Timeline
            events={events}
            parts={task.parts}
            onComment={may('task:work') ? () => setWish({ kind: 'comment' }) : null}
          />
        </div>
        <div className={classes['column']}>
          <Panel id="facts" title="What and who">
            <dl className={classes['facts']}>
              <Fact name="For">{whoWords(task.assigned)}</Fact>
              <Fact name="On for it now">
                {task.on.length === 0 ? <strong>nobody on the roster</strong> : task.on.join(', ')}
              </Fact>
              <Fact name="Due">
                {task.dueAt === null ? 'no time' : moment(task.dueAt, detail.asOf)}
                {task.dueRule && <span className="dim"> · {dueRuleWords(task.dueRule)}</span>}
              </Fact>
              <Fact name="Since">{moment(task.createdAt, detail.asOf)}</Fact>
              {task.acknowledgedAt !== null && (
                <Fact name="Acknowledged">{moment(task.acknowledgedAt, detail.asOf)}</Fact>
              )}
              {task.endedAt !== null && <Fact name="Ended">{moment(task.endedAt, detail.asOf)}</Fact>}
              <Fact name="Patient">{task.patientHint ?? 'not about a patient'}</Fact>
              <Fact name="Message">
                {may('message:read') ? (
                  <Link href={`/messages/${task.messageId}`}>
                    {[task.message.type, task.message.controlId].filter((one) => one !== null).join(' ') || 'open it'}
                  </Link>
                ) : (
                  (task.message.controlId ?? task.message.type ?? 'not stated')
                )}
              </Fact>
              <Fact name="Flow">{definition.title}</Fact>
              {task.attempt > 1 && <Fact name="Attempt">{task.attempt}</Fact>}
              {task.partOf !== null && (
                <Fact name="Belongs to">
                  <Link href={`/tasks/${task.partOf}`}>another task</Link>
                </Fact>
              )}
            </dl>
          </Panel>
          <OtherTasks patient={detail.patient} />
          <EhrPanel task={task} onSettle={may('task:assign') ? (side) => setWish({ kind: 'ehr', side }) : null} />
          <LadderPanel escalation={detail.escalation} />
          <TaskProblems problems={detail.problems} />
        </div>
      </div>
      {wish && (
        <TaskSheet
          key={JSON.stringify(wish)}
          task={task}
          wish={wish}
          onWish={setWish}
          onClose={() => setWish(null)}
          onDone={() => setWish(null)}
        />
      )}
    </div>
  );
}

function partsDone({ task }: TaskDetail): string {
  const over = task.parts.filter(({ state }) => state !== 'open').length;
  return `${over} of ${task.parts.length}`;
}
