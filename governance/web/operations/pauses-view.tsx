import { Button } from '@mantine/core';
import { CalendarClock, CircleCheck, CirclePause, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { Switch, SwitchKind } from '../../api/runtime-shapes.ts';
import { useStatus } from '../api/queries.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { useSession } from '../session/session.ts';
import { ToneMark } from '../states/state-mark.tsx';
import type { Tone } from '../states/message-state.ts';
import { Until } from '../time/clocks.tsx';
import { moment } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import { ClearSheet } from './clear-sheet.tsx';
import { LANE_NAMES } from './figures.ts';
import classes from './operations.module.css';
import { useSwitches } from './queries.ts';
import { SwitchSheet } from './switch-sheet.tsx';
import { effectOf, KIND_WORDS, MODE_STATE, nameOf, personOf, phaseOf } from './switch-words.ts';

interface Target {
  readonly kind: SwitchKind;
  readonly name: string;
  readonly title: string;
}

/** What can be paused, what is, and the windows to come. */
export function PausesView() {
  const { may, mayEverywhere } = useSession();
  /** Feeds, endpoints and lanes are everybody's: nobody stops them who answers for a part. */
  const pauses = (kind: SwitchKind): boolean => (kind === 'definition' ? may : mayEverywhere)('switch:set');
  const now = useNow();
  const switches = useSwitches();
  const status = useStatus();
  const [pausing, setPausing] = useState<Pick<Target, 'kind' | 'name'> | null>(null);
  const [ending, setEnding] = useState<Switch | null>(null);
  if (switches.isPending || status.isPending) return <LoadingRows rows={8} height={48} />;
  if (!switches.data || !status.data)
    return (
      <ProblemNotice
        error={switches.error ?? status.error}
        retry={() => {
          void switches.refetch();
          void status.refetch();
        }}
      />
    );
  const set = switches.data.switches.filter((one) => phaseOf(one, now) !== 'over');
  const { feeds, endpoints, definitions } = status.data;
  const targets: readonly Target[] = [
    ...feeds.map(({ name }) => ({ kind: 'feed' as const, name, title: name })),
    ...endpoints.map(({ name }) => ({ kind: 'endpoint' as const, name, title: name })),
    ...definitions.map(({ name, title }) => ({ kind: 'definition' as const, name, title })),
    ...LANE_NAMES.map((name) => ({ kind: 'lane' as const, name, title: name })),
  ];
  const known = new Set(targets.map(({ kind, name }) => `${kind} ${name}`));
  const rows = [
    ...targets,
    // What was paused and has gone since still shows, so that the pause can be ended.
    ...set
      .filter(({ kind, name }) => !known.has(`${kind} ${name}`))
      .map(({ kind, name }) => ({ kind, name, title: `${name} (not there any more)` })),
  ];

  return (
    <>
      <section className="panel" aria-labelledby="in-force">
        <div className="panel-head">
          <h2 id="in-force">Paused now, and maintenance windows to come</h2>
        </div>
        {set.length === 0 ? (
          <p className="panel-body dim">Nothing is paused, and no window is planned.</p>
        ) : (
          <ul className={classes['windows']}>
            {set.map((one) => (
              <Window key={one.id} one={one} now={now} onEnd={pauses(one.kind) ? () => setEnding(one) : null} />
            ))}
          </ul>
        )}
      </section>
      <section className={`panel ${classes['below']}`} aria-labelledby="targets">
        <div className="panel-head">
          <h2 id="targets">What can be paused</h2>
        </div>
        <ScrollX stacked label="What can be paused, table">
          <table className={`plain-table ${classes['targets']}`}>
            <thead>
              <tr>
                <th>What</th>
                <th>State</th>
                <th>
                  <span className="visually-hidden">Pause</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((target) => {
                const own = set.filter((one) => one.kind === target.kind && one.name === target.name);
                const inForce = own.find((one) => phaseOf(one, now) === 'in-force');
                return (
                  <tr key={`${target.kind} ${target.name}`}>
                    <td>
                      <span className={classes['kind']}>{KIND_WORDS[target.kind]}</span> {target.title}
                    </td>
                    <td>
                      <TargetState inForce={inForce} toCome={own.find((one) => one !== inForce)} />
                    </td>
                    <td className="number">
                      {pauses(target.kind) && (
                        <Button
                          variant="default"
                          size="compact-xs"
                          onClick={() => (inForce ? setEnding(inForce) : setPausing(target))}
                          aria-label={`${inForce ? 'Start again' : 'Pause'}: ${nameOf(target)}`}
                        >
                          {inForce ? 'Start again…' : 'Pause…'}
                        </Button>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </ScrollX>
      </section>
      {pausing && <SwitchSheet target={pausing} onClose={() => setPausing(null)} />}
      {ending && <ClearSheet one={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

function TargetState({
  inForce,
  toCome,
}: {
  readonly inForce: Switch | undefined;
  readonly toCome: Switch | undefined;
}) {
  const [tone, icon, text]: readonly [Tone, LucideIcon, string] = inForce
    ? ['warn', CirclePause, MODE_STATE[inForce.mode].replace(/^./, (letter) => letter.toUpperCase())]
    : toCome
      ? ['info', CalendarClock, 'Runs; a window is planned']
      : ['ok', CircleCheck, 'Runs'];
  return (
    <ToneMark tone={tone} icon={icon}>
      {text}
    </ToneMark>
  );
}

function Window({
  one,
  now,
  onEnd,
}: {
  readonly one: Switch;
  readonly now: number;
  readonly onEnd: (() => void) | null;
}) {
  const inForce = phaseOf(one, now) === 'in-force';
  const Icon = inForce ? CirclePause : CalendarClock;
  return (
    <li className={classes['window']} data-now={inForce}>
      <Icon size={18} aria-hidden="true" />
      <div>
        <p>
          <strong>{nameOf(one)}</strong> {inForce ? MODE_STATE[one.mode] : `will be ${MODE_STATE[one.mode]}`}
          {inForce ? (
            ` since ${moment(one.from, now)}`
          ) : (
            <>
              {' '}
              from {moment(one.from, now)}, <Until at={one.from} />
            </>
          )}
          {one.until === null ? ', until somebody starts it again' : `, until ${moment(one.until, now)}`}
        </p>
        <p className="dim">
          {effectOf(one.kind, one.mode)} “{one.reason}” ({personOf(one.actor)}, {moment(one.setAt, now)})
        </p>
      </div>
      {onEnd && (
        <Button variant="default" onClick={onEnd} aria-label={`${inForce ? 'Start again' : 'Cancel'}: ${nameOf(one)}`}>
          {inForce ? 'Start again…' : 'Cancel…'}
        </Button>
      )}
    </li>
  );
}
