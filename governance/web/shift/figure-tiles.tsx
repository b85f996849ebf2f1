import { Link } from 'wouter';
import type { Permission } from '../../api/permissions.ts';
import type { ShiftFigures } from '../../api/runtime-shapes.ts';
import { useSession } from '../session/session.ts';
import { compareCounts, compareRates, compareTimes, number, percent, span } from './shift-words.ts';
import classes from './shift.module.css';

/** Lists that make the numbers, and who may see them. */
const LISTS: readonly (readonly [string, Permission])[] = [
  ['/worklist', 'task:list'],
  ['/escalations', 'escalation:list'],
  ['/alerts', 'alert:list'],
];

/** What a person asks first, each as a number and a sentence. `before`: figures to compare with, and their name. */
export function FigureTiles({
  now,
  before,
  than,
}: {
  readonly now: ShiftFigures;
  readonly before: ShiftFigures | undefined;
  readonly than: string;
}) {
  const { toAcknowledge, toComplete, inState } = now;
  return (
    <>
      <h2 className={classes['group']}>At this moment</h2>
      <dl className={classes['tiles']}>
        <Tile
          name="Open"
          href="/worklist?tab=all"
          value={number(inState.count)}
          notes={[
            inState.count === 0 ? 'nothing waits for anybody' : `half of them unchanged for ${span(inState.p50)}`,
          ]}
        />
        <Tile
          name="Overdue"
          href="/worklist?tab=overdue"
          value={number(now.overdue)}
          notes={[now.overdue === 0 ? 'nothing is late' : 'past their clinical due time']}
          alarm={now.overdue > 0}
        />
        <Tile
          name="Longest unchanged"
          value={span(inState.longest)}
          notes={[inState.longest === null ? 'nothing is open' : 'of all that is open']}
        />
      </dl>
      <h2 className={classes['group']}>In this time</h2>
      <dl className={classes['tiles']}>
        <Tile
          name="Taken over within"
          value={span(toAcknowledge.p50)}
          notes={
            toAcknowledge.count === 0
              ? ['nobody took anything over']
              : [
                  `half of ${number(toAcknowledge.count)}; 9 of 10 within ${span(toAcknowledge.p90)}`,
                  before && compareTimes(toAcknowledge.p50, before.toAcknowledge.p50, than),
                ]
          }
        />
        <Tile
          name="Completed within"
          value={span(toComplete.p50)}
          notes={
            toComplete.count === 0
              ? ['nothing was completed']
              : [
                  `half of ${number(toComplete.count)}; 9 of 10 within ${span(toComplete.p90)}`,
                  before && compareTimes(toComplete.p50, before.toComplete.p50, than),
                ]
          }
        />
        <Tile
          name="New tasks"
          value={number(now.created)}
          notes={[`${number(now.completed)} completed`, before && compareCounts(now.created, before.created, than)]}
        />
        <Tile
          name="Escalation steps"
          href="/escalations"
          value={number(now.escalationSteps)}
          notes={[
            now.exhausted === 0
              ? 'no ladder ended without an answer'
              : `${number(now.exhausted)} ${now.exhausted === 1 ? 'ladder' : 'ladders'} ended without an answer`,
            before && compareCounts(now.escalationSteps, before.escalationSteps, than),
          ]}
          alarm={now.exhausted > 0}
        />
        <Tile
          name="Alerts told"
          href="/alerts"
          value={number(now.alertsStarted)}
          notes={[
            `${number(now.alertsHeldBack)} held back by a rule`,
            before && compareCounts(now.alertsStarted, before.alertsStarted, than),
          ]}
        />
        <Tile
          name="False alarms"
          value={percent(now.falsePositiveRate)}
          notes={
            now.falsePositiveRate === null
              ? ['nobody closed an alert']
              : [
                  'of the alerts that people closed',
                  before && compareRates(now.falsePositiveRate, before.falsePositiveRate, than),
                ]
          }
        />
        <Tile
          name="Decided otherwise"
          value={percent(now.overrideRate)}
          notes={
            now.overrideRate === null
              ? ['nothing ended or was decided otherwise']
              : [
                  'of the tasks: people over the rule',
                  before && compareRates(now.overrideRate, before.overrideRate, than),
                ]
          }
        />
      </dl>
    </>
  );
}

function Tile({
  name,
  value,
  notes,
  href,
  alarm = false,
}: {
  readonly name: string;
  readonly value: string;
  readonly notes: readonly (string | null | undefined)[];
  readonly href?: string;
  readonly alarm?: boolean;
}) {
  const { may } = useSession();
  const sees = (address: string): boolean =>
    may(LISTS.find(([path]) => address.startsWith(path))?.[1] ?? 'status:read');
  return (
    <div className={`panel ${classes['tile']}`} data-alarm={alarm}>
      <dt>{href === undefined || !sees(href) ? name : <Link href={href}>{name}</Link>}</dt>
      <dd className={classes['value']}>{value}</dd>
      {notes.map(
        (note) =>
          note && (
            <dd key={note} className="dim">
              {note}
            </dd>
          ),
      )}
    </div>
  );
}
