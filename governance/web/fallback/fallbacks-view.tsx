import { Button, Checkbox } from '@mantine/core';
import { CircleCheck, LifeBuoy } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { FallbackList, HeldView } from '../../api/runtime-shapes.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { moment } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import { HELD_BECAUSE } from '../../api/message-words.ts';
import { DecideHeldSheet } from './decide-held-sheet.tsx';
import { FallbackSheet } from './fallback-sheet.tsx';
import {
  heldWords,
  MODE_EFFECT,
  MODE_NAMES,
  newerWords,
  personIn,
  processWords,
  triggersOf,
} from './fallback-words.ts';
import classes from './fallback.module.css';
import { useFallbacks, useHeld } from './queries.ts';

type InForce = FallbackList['inForce'][number];

/** Which flows are in fallback, what each declares, and what is held for people. */
export function FallbacksView() {
  const fallbacks = useFallbacks();
  const held = useHeld();
  if (fallbacks.isPending || held.isPending) return <LoadingRows rows={6} height={64} />;
  if (!fallbacks.data || !held.data)
    return (
      <ProblemNotice
        error={fallbacks.error ?? held.error}
        retry={() => {
          void fallbacks.refetch();
          void held.refetch();
        }}
      />
    );
  const titles = new Map(fallbacks.data.declared.map(({ definition, title }) => [definition, title]));
  return (
    <>
      <Held items={held.data.items} more={held.data.next !== null} titles={titles} />
      <Declared list={fallbacks.data} />
    </>
  );
}

function Declared({ list }: { readonly list: FallbackList }) {
  const { may } = useSession();
  const now = useNow();
  const [setting, setSetting] = useState<string | null>(null);
  const declared = new Map(list.declared.map((one) => [one.definition, one]));
  const inForce = new Map(list.inForce.map((one) => [one.definition, one]));
  // What was put into fallback and declares none any more still shows, so that it can be ended.
  const names = [...new Set([...inForce.keys(), ...declared.keys()])];
  const chosen = setting === null ? undefined : (declared.get(setting) ?? inForce.get(setting));
  return (
    <section className={`panel ${classes['below']}`} aria-labelledby="declared">
      <div className="panel-head">
        <h2 id="declared">Fallbacks of flows</h2>
      </div>
      {names.length === 0 ? (
        <p className="panel-body dim">
          No flow declares a fallback. It is part of a flow’s intent: when it is not to run by itself, and what is done
          instead.
        </p>
      ) : (
        <ul className={classes['list']}>
          {names.map((name) => {
            const one = declared.get(name);
            const current = inForce.get(name);
            const mode = current?.mode ?? one?.mode ?? 'stop';
            return (
              <li key={name} className={classes['item']} data-now={current !== undefined}>
                <div className={classes['words']}>
                  <p className={classes['head']}>
                    <strong>{one?.title ?? name}</strong>
                    {current ? (
                      <ToneMark tone="warn" icon={LifeBuoy}>
                        In fallback: {MODE_NAMES[mode].toLowerCase()}
                      </ToneMark>
                    ) : (
                      <ToneMark tone="ok" icon={CircleCheck}>
                        Runs by itself
                      </ToneMark>
                    )}
                  </p>
                  {current && <p>{sinceWords(current, now)}</p>}
                  <p className="dim">
                    {current ? '' : `${MODE_NAMES[mode]}: `}
                    {MODE_EFFECT[mode]} {one ? `Goes to ${one.queue}.` : 'It declares none any more.'}
                  </p>
                  {one && (
                    <p className="dim">
                      When {triggersOf(one).join(', or ')}. {one.text}
                    </p>
                  )}
                </div>
                {may('fallback:set') && (
                  <Button
                    variant="default"
                    size="compact-sm"
                    onClick={() => setSetting(name)}
                    aria-label={`${current ? 'End the fallback' : 'Put into fallback'}: ${one?.title ?? name}`}
                  >
                    {current ? 'End…' : 'Put into fallback…'}
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {setting !== null && chosen && (
        <FallbackSheet
          definition={setting}
          title={declared.get(setting)?.title ?? setting}
          mode={inForce.get(setting)?.mode ?? chosen.mode}
          text={declared.get(setting)?.text ?? null}
          inForce={inForce.get(setting)}
          onClose={() => setSetting(null)}
        />
      )}
    </section>
  );
}

const sinceWords = ({ since, about, by, reason }: InForce, now: number): string =>
  about === null
    ? `Since ${moment(since, now)}, by ${personIn(by)}: “${reason ?? ''}”`
    : `Since ${moment(since, now)}: ${about} is down. It ends by itself once ${about} has been well for a while.`;

function Held({
  items,
  more,
  titles,
}: {
  readonly items: readonly HeldView[];
  readonly more: boolean;
  readonly titles: ReadonlyMap<string, string>;
}) {
  const { may } = useSession();
  const now = useNow();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [deciding, setDeciding] = useState<readonly string[] | null>(null);
  const decides = may('review:decide');
  const chosen = items.filter(({ workId }) => picked.has(workId)).map(({ workId }) => workId);
  const all = items.length > 0 && chosen.length === items.length;
  const pick = (workId: string, on: boolean): void =>
    setPicked((before) => new Set(on ? [...before, workId] : [...before].filter((one) => one !== workId)));
  return (
    <section className="panel" aria-labelledby="held">
      <div className="panel-head">
        <h2 id="held">Held for a person{items.length > 0 ? ` (${items.length}${more ? ' and more' : ''})` : ''}</h2>
      </div>
      {items.length === 0 ? (
        <p className="panel-body dim">Nothing is held.</p>
      ) : (
        <>
          {decides && (
            <div className={classes['bar']}>
              <Checkbox
                label={more ? 'The oldest, all that are shown' : 'All'}
                checked={all}
                indeterminate={!all && chosen.length > 0}
                onChange={() => setPicked(all ? new Set() : new Set(items.map(({ workId }) => workId)))}
              />
              <Button size="compact-sm" disabled={chosen.length === 0} onClick={() => setDeciding(chosen)}>
                {chosen.length < 2 ? 'Decide…' : `Decide about ${chosen.length}…`}
              </Button>
            </div>
          )}
          <ul className={classes['list']}>
            {items.map((one) => (
              <li key={one.workId} className={classes['item']} data-picks={decides}>
                {decides && (
                  <Checkbox
                    aria-label={`Choose the message held ${moment(one.heldAt, now)}`}
                    checked={picked.has(one.workId)}
                    onChange={(event) => pick(one.workId, event.currentTarget.checked)}
                  />
                )}
                <div className={classes['words']}>
                  <p className={classes['head']}>
                    <strong>{titles.get(one.definition) ?? one.definition}</strong>
                    <span>{heldWords(one)}</span>
                    <span className="dim">{HELD_BECAUSE[one.because]}</span>
                    <span className="dim">{moment(one.heldAt, now)}</span>
                  </p>
                  <p>{one.sentence}</p>
                  {one.doneSince > 0 && <p className={classes['newer']}>{newerWords(one.doneSince)}</p>}
                  <p className="dim">
                    To process it: {processWords(one)}{' '}
                    {may('message:read') && <Link href={`/messages/${one.messageId}`}>Message</Link>}{' '}
                    {one.taskId !== null && may('task:list') && <Link href={`/tasks/${one.taskId}`}>Task</Link>}
                  </p>
                </div>
                {decides && (
                  <Button
                    variant="default"
                    size="compact-sm"
                    onClick={() => setDeciding([one.workId])}
                    aria-label={`Decide about the message held ${moment(one.heldAt, now)}`}
                  >
                    Decide…
                  </Button>
                )}
              </li>
            ))}
          </ul>
          {more && <p className="panel-body dim">There are more: they show once these are decided.</p>}
        </>
      )}
      {deciding !== null && (
        <DecideHeldSheet
          work={deciding}
          items={items.filter(({ workId }) => deciding.includes(workId))}
          onClose={() => {
            setDeciding(null);
            setPicked(new Set());
          }}
        />
      )}
    </section>
  );
}
