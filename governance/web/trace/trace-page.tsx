import { SegmentedControl } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import type { MessageDetail } from '../../api/runtime-shapes.ts';
import { useDefinition, useMessage } from '../api/queries.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { AlertPanel } from './alert-panel.tsx';
import { AttemptTable } from './attempt-table.tsx';
import { DecisionList } from './decision-list.tsx';
import { EffectTable } from './effect-table.tsx';
import { EscalationPanel } from './escalation-panel.tsx';
import { FailurePanel } from './failure-panel.tsx';
import { HeldPanel } from './held-panel.tsx';
import { LifeLine } from './life-line.tsx';
import { MessageBodyPanel } from './message-body-panel.tsx';
import { ParkedPanel } from './parked-panel.tsx';
import { StepTable } from './step-table.tsx';
import { TaskPanel } from './task-panel.tsx';
import { TraceHeader } from './trace-header.tsx';
import classes from './trace.module.css';

const FlowDrawing = lazy(() => import('./flow-drawing.tsx'));

/** Everything that is known of one message, on one page. */
export default function TracePage({ id }: { readonly id: string }) {
  useDocumentTitle('Message');
  const query = useMessage(id);
  if (query.isPending) return <LoadingRows rows={10} />;
  if (!query.data)
    return (
      <>
        <ProblemNotice error={query.error} retry={() => void query.refetch()} />
        <p className={classes['back']}>
          <Link href="/messages">All messages</Link>
        </p>
      </>
    );
  return <Trace detail={query.data} />;
}

function Trace({ detail }: { readonly detail: MessageDetail }) {
  const { message, work, decisions, effects, escalations } = detail;
  const names = [...new Set(work.map((item) => item.definition))];
  const [chosen, setChosen] = useState<string | null>(null);
  const name = names.find((one) => one === chosen) ?? names[0];
  const mine = work.filter((item) => item.definition === name);
  const definition = useDefinition(name).data;
  return (
    <>
      <TraceHeader detail={detail} definition={definition} />
      <FailurePanel detail={detail} />
      <HeldPanel detail={detail} />
      <ParkedPanel detail={detail} />
      {name !== undefined && (
        <section className={`panel ${classes['way']}`} aria-labelledby="way">
          <div className="panel-head">
            <h2 id="way">The way it took</h2>
            {names.length > 1 ? (
              <SegmentedControl size="xs" data={names} value={name} onChange={setChosen} aria-label="Definition" />
            ) : (
              <span className="dim">{definition?.title ?? name}</span>
            )}
          </div>
          {definition ? (
            <Suspense fallback={<LoadingRows rows={4} />}>
              <FlowDrawing key={name} flow={definition.flow} work={mine} />
            </Suspense>
          ) : (
            <LoadingRows rows={4} />
          )}
        </section>
      )}
      <div className={classes['columns']}>
        <div className={classes['wide']}>
          <DecisionList decisions={decisions.filter((one) => names.length < 2 || one.definition === name)} />
          <EffectTable
            messageId={message.id}
            work={work}
            effects={effects.filter((one) => names.length < 2 || one.definition === name)}
          />
          <StepTable work={mine} />
          <MessageBodyPanel message={message} />
        </div>
        <div className={classes['narrow']}>
          <TaskPanel messageId={message.id} />
          <EscalationPanel escalations={escalations} />
          <AlertPanel messageId={message.id} />
          <LifeLine detail={detail} />
          <AttemptTable work={work} />
        </div>
      </div>
    </>
  );
}
