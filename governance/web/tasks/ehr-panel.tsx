import { Button } from '@mantine/core';
import type { TaskView } from '../../api/runtime-shapes.ts';
import { Age } from '../time/clocks.tsx';
import { Fact, Panel } from './panel.tsx';
import { EhrMark } from './task-marks.tsx';
import { EHR_TROUBLE_WORDS, ehrStanding } from './task-words.ts';
import classes from './tasks.module.css';

const STANDING_WORDS = {
  'in-step': 'The EHR shows the same.',
  waiting: '',
  held: '',
  behind: 'The EHR has not been told of the last change yet. That happens by itself; nothing waits for it.',
  differs: '',
  trouble: '',
} as const;

/** What the EHR shows, apart from our own state and never mixed with it. */
export function EhrPanel({
  task,
  onSettle,
}: {
  readonly task: TaskView;
  readonly onSettle: ((side: 'ours' | 'theirs') => void) | null;
}) {
  const standing = ehrStanding(task);
  const { ehr } = task;
  if (standing === 'none' || !ehr) return null;
  return (
    <Panel id="ehr" title="In the EHR" aside={<EhrMark task={task} always />}>
      <p className={classes['ehr-words']}>
        {ehr.trouble === null ? STANDING_WORDS[standing] : (EHR_TROUBLE_WORDS[ehr.trouble] ?? ehr.trouble)}
      </p>
      <dl className={classes['facts']}>
        <Fact name="Where">
          {ehr.endpoint}
          {ehr.reference !== null && (
            <>
              , <code>{ehr.reference}</code>
            </>
          )}
        </Fact>
        {/* Of what was never written nothing is read. */}
        {standing !== 'held' && (
          <>
            <Fact name="Says">{ehr.status ?? 'not read yet'}</Fact>
            <Fact name="Last looked">
              {ehr.syncedAt === null ? (
                'never'
              ) : (
                <>
                  <Age at={ehr.syncedAt} /> ago
                </>
              )}
            </Fact>
          </>
        )}
      </dl>
      {ehr.trouble === 'ehr-held' && onSettle && (
        <div className={classes['settle']}>
          <Button variant="default" size="sm" onClick={() => onSettle('ours')}>
            Write it to the EHR…
          </Button>
        </div>
      )}
      {standing === 'differs' && onSettle && (
        <div className={classes['settle']}>
          <Button variant="default" size="sm" onClick={() => onSettle('ours')}>
            Ours is right…
          </Button>
          <Button variant="default" size="sm" onClick={() => onSettle('theirs')}>
            The EHR is right…
          </Button>
        </div>
      )}
    </Panel>
  );
}
