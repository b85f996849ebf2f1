import { Button, Radio, Stack, Textarea } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { ProblemKind, ProblemRequest, TaskView } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSay } from '../shell/announcer.tsx';
import { submitByKey, TaskDrawer } from './deed-sheet.tsx';
import { useReportProblem } from './queries.ts';
import { PROBLEM_KINDS } from './reasons.ts';
import classes from './tasks.module.css';

/** What is reported about; the message and the version of the definition go with it. */
export type ReportAbout =
  | { readonly task: TaskView }
  | { readonly alert: { readonly id: string; readonly title: string; readonly definition: string } };

const LONGEST = 4000;

/** Something is wrong with what a flow did: goes to the engineers, with the message attached. */
export function ReportSheet({ about, onClose }: { readonly about: ReportAbout; readonly onClose: () => void }) {
  const [kind, setKind] = useState<ProblemKind | null>(null);
  const [text, setText] = useState('');
  const report = useReportProblem();
  const say = useSay();
  const subject = 'task' in about ? about.task : about.alert;
  const ready = kind !== null && text.trim().length >= 3;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (kind === null || !ready || report.isPending) return;
    const request: ProblemRequest = {
      kind,
      text: text.trim(),
      ...('task' in about ? { taskId: about.task.id } : { alertId: about.alert.id }),
    };
    report.mutate(request, {
      onSuccess: () => {
        say('Reported. You see the answer under “Problems”.');
        onClose();
      },
    });
  };
  return (
    <TaskDrawer title="Report a problem" onClose={onClose}>
      <form className={classes['sheet']} onSubmit={submit} onKeyDown={submitByKey}>
        <h2 className={classes['sheet-title']}>{subject.title}</h2>
        <Radio.Group
          label="What is wrong?"
          size="sm"
          required
          value={kind ?? ''}
          onChange={(value) => setKind(value as ProblemKind)}
        >
          <Stack gap={0} className={classes['choices'] ?? ''}>
            {Object.entries(PROBLEM_KINDS).map(([value, words], n) => (
              <Radio
                key={value}
                value={value}
                label={words}
                className={classes['choice'] ?? ''}
                {...(n === 0 ? { 'data-autofocus': true } : {})}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea
          label="What should have happened?"
          description="Read by those who answer for this flow. Ctrl and Enter sends it."
          size="sm"
          autosize
          minRows={3}
          maxRows={10}
          maxLength={LONGEST}
          required
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <p className="dim">
          Goes with it: the message that set this off, the {'task' in about ? 'task' : 'alert'} itself, and the version
          of <strong>{subject.definition}</strong> that made it
          {'task' in about && (
            <>
              {' '}
              (<code>{about.task.definitionVersion.slice(0, 12)}</code>)
            </>
          )}
          . {'task' in about ? 'The task' : 'The alert'} itself stays as it is.
        </p>
        {report.isError && <ProblemNotice error={report.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Not now
          </Button>
          <Button type="submit" size="sm" loading={report.isPending} disabled={!ready}>
            Report it
          </Button>
        </div>
      </form>
    </TaskDrawer>
  );
}
