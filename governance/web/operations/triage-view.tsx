import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { CircleCheck, Search, SearchX } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { STATE_WORDS } from '../../api/message-words.ts';
import type { ReasonFigures } from '../../api/runtime-shapes.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { VirtualList } from '../lists/virtual-list.tsx';
import { useSession } from '../session/session.ts';
import { Age } from '../time/clocks.tsx';
import { DeadLetterSheet } from './dead-letter-sheet.tsx';
import classes from './operations.module.css';
import { QuarantineSheet } from './quarantine-sheet.tsx';
import { useReasons, type BulkAction, type QuarantineAction } from './queries.ts';

type Kind = ReasonFigures['state'];

const listOf = ({ state, code }: ReasonFigures): string =>
  `/messages?tab=${state === 'dead' ? 'needs-you' : 'unreadable'}&q=${encodeURIComponent(code)}`;

/** What needs somebody, by reason: many messages that failed for one reason are one decision. */
export function TriageView() {
  const { may } = useSession();
  const [, navigate] = useLocation();
  const reasons = useReasons();
  const [kind, setKind] = useState<Kind>('dead');
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<{ readonly action: BulkAction; readonly group: ReasonFigures | null } | null>(
    null,
  );
  const [unreadable, setUnreadable] = useState<{
    readonly action: QuarantineAction;
    readonly group: ReasonFigures;
  } | null>(null);
  const place = useRef<HTMLDivElement>(null);

  const all = reasons.data?.reasons ?? [];
  const needle = text.trim().toLowerCase();
  const rows = all.filter((one) => one.state === kind && `${one.code} ${one.text}`.toLowerCase().includes(needle));
  const count = (state: Kind): number =>
    all.filter((one) => one.state === state).reduce((sum, one) => sum + one.count, 0);

  const links = (): HTMLElement[] => [...(place.current?.querySelectorAll<HTMLElement>('[data-open]') ?? [])];
  const at = (): number => links().findIndex((link) => link.closest('li')?.contains(document.activeElement));
  const move = (by: number): void => links()[Math.max(0, Math.min(links().length - 1, at() + by))]?.focus();
  const current = (): ReasonFigures | undefined => {
    const index = Number(links()[Math.max(0, at())]?.closest('li')?.dataset['index'] ?? -1);
    return rows[index];
  };
  const act = (action: BulkAction): void => {
    const group = current();
    if (group?.state === 'dead' && may(`message:${action}`)) setChosen({ action, group });
    if (group?.state !== 'quarantined') return;
    if (action === 'discard' && may('message:discard')) setUnreadable({ action, group });
    if (action === 'redrive' && may('message:reread')) setUnreadable({ action: 'reread', group });
  };
  useShortcuts('Triage', [
    { keys: 'j', what: 'Next reason', run: () => move(1) },
    { keys: 'k', what: 'Previous reason', run: () => move(-1) },
    {
      keys: 'o',
      what: 'Show its messages (Enter)',
      run: () => {
        const group = current();
        if (group) navigate(listOf(group));
      },
    },
    { keys: 'r', what: 'Redrive (or read again) those of this reason', run: () => act('redrive') },
    { keys: 'x', what: 'Discard those of this reason', run: () => act('discard') },
  ]);

  return (
    <section className="panel" aria-label="Triage" ref={place}>
      <div className={classes['bar-above']}>
        <SegmentedControl
          size="xs"
          aria-label="What"
          data={[
            { value: 'dead', label: `${STATE_WORDS.dead.word} (${count('dead')})` },
            { value: 'quarantined', label: `${STATE_WORDS.quarantined.word} (${count('quarantined')})` },
          ]}
          value={kind}
          onChange={(value) => setKind(value === 'dead' ? 'dead' : 'quarantined')}
        />
        <TextInput
          className={classes['find'] ?? ''}
          aria-label="Filter by code or words of the reason"
          placeholder="Code or words of the reason"
          leftSection={<Search size={15} aria-hidden="true" />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {kind === 'dead' && count('dead') > 0 && (
          <span className={classes['all']}>
            {may('message:redrive') && (
              <Button variant="default" onClick={() => setChosen({ action: 'redrive', group: null })}>
                Redrive by filter…
              </Button>
            )}
            {may('message:discard') && (
              <Button variant="default" onClick={() => setChosen({ action: 'discard', group: null })}>
                Discard by filter…
              </Button>
            )}
          </span>
        )}
      </div>
      {kind === 'dead' && rows.length > 0 && (
        <p className={classes['explain']}>
          Dead letters: each needs a person, and may hold up later messages of its patient. Many that failed for one
          reason are one decision.
        </p>
      )}
      {kind === 'quarantined' && rows.length > 0 && (
        <p className={classes['explain']}>
          Quarantined: these could not be read and were answered AE, so their senders know. They are kept as received;
          what is mended at the sender arrives as a new message. After an upgrade or a change of the feed they can be
          read again as they are. A flow can take them up with the node “quarantine in”.
        </p>
      )}
      {reasons.isPending ? (
        <LoadingRows rows={5} height={72} />
      ) : reasons.isError && !reasons.data ? (
        <ProblemNotice error={reasons.error} retry={() => void reasons.refetch()} />
      ) : rows.length === 0 ? (
        needle !== '' ? (
          <EmptyState icon={SearchX} title="No reason matches">
            <button type="button" className={classes['link']} onClick={() => setText('')}>
              Show all
            </button>
          </EmptyState>
        ) : (
          <EmptyState icon={CircleCheck} title="All clear">
            {kind === 'dead'
              ? 'Nothing is dead: every failure has been redriven or discarded.'
              : 'Nothing is in quarantine: every message could be read.'}
          </EmptyState>
        )
      ) : (
        <VirtualList
          items={rows}
          keyOf={(one) => `${one.state} ${one.code}`}
          estimate={72}
          label={kind === 'dead' ? 'Dead letters by reason' : 'Quarantine by reason'}
        >
          {(group) => (
            <div className={classes['group']}>
              <strong className={classes['group-count']}>{group.count.toLocaleString('en-GB')}</strong>
              <div className={classes['group-text']}>
                <span>{group.text === '' ? group.code : group.text}</span>
                <span className="dim">
                  <code>{group.code}</code> · the oldest for <Age at={group.oldest} />
                  {group.count > 1 && (
                    <>
                      , the newest for <Age at={group.newest} />
                    </>
                  )}
                </span>
              </div>
              <span className={classes['group-acts']}>
                <Link href={listOf(group)} data-open aria-label={`Show the messages: ${group.code}`}>
                  Show
                </Link>
                {group.state === 'dead' && may('message:redrive') && (
                  <Button
                    onClick={() => setChosen({ action: 'redrive', group })}
                    aria-label={`Redrive those with ${group.code}`}
                  >
                    Redrive…
                  </Button>
                )}
                {group.state === 'quarantined' && may('message:reread') && (
                  <Button
                    onClick={() => setUnreadable({ action: 'reread', group })}
                    aria-label={`Read again those with ${group.code}`}
                  >
                    Read again…
                  </Button>
                )}
                {may('message:discard') && (
                  <Button
                    variant="default"
                    onClick={() =>
                      group.state === 'dead'
                        ? setChosen({ action: 'discard', group })
                        : setUnreadable({ action: 'discard', group })
                    }
                    aria-label={`Discard those with ${group.code}`}
                  >
                    Discard…
                  </Button>
                )}
              </span>
            </div>
          )}
        </VirtualList>
      )}
      {unreadable && <QuarantineSheet {...unreadable} onClose={() => setUnreadable(null)} />}
      {chosen && <DeadLetterSheet action={chosen.action} group={chosen.group} onClose={() => setChosen(null)} />}
    </section>
  );
}
