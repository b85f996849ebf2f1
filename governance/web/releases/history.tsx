import { Button } from '@mantine/core';
import { ArrowUp, Siren, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { EnvironmentView, ReleaseView } from '../../api/release-contract.ts';
import { Hash } from '../signing/hash.tsx';
import { ToneMark } from '../states/state-mark.tsx';
import { moment } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import type { Candidate } from './plan-sheet.tsx';
import { approversOf, ranByOrder, titleOf } from './release-words.ts';
import classes from './releases.module.css';

const SHOWN_FIRST = 20;

/** Every release, the newest first; each that was approved is one step away. */
export function History({
  view,
  onBack,
}: {
  readonly view: EnvironmentView;
  /** `null`: the person may not order. */
  readonly onBack: ((candidate: Candidate) => void) | null;
}) {
  const [all, setAll] = useState(false);
  const { releases, inForce } = view;
  const shown = all ? releases : releases.slice(0, SHOWN_FIRST);
  return (
    <section className={`panel ${classes['below']}`} aria-labelledby="history">
      <div className="panel-head">
        <h2 id="history">History</h2>
        <span className="dim">
          <Link href="/changes">The same for clinicians</Link>
        </span>
      </div>
      {releases.length === 0 ? (
        <p className="panel-body dim">Nothing was ever ordered.</p>
      ) : (
        <ol className={classes['time-line']} aria-label="Releases, the newest first">
          {shown.map((release) => (
            <Entry
              key={release.sequence}
              release={release}
              now={release.sequence === inForce?.sequence}
              onBack={
                onBack && release.bundle !== inForce?.bundle && ranByOrder(view, release.bundle)
                  ? () => onBack({ bundle: release.bundle, title: titleOf(release), back: true })
                  : null
              }
            />
          ))}
        </ol>
      )}
      {shown.length < releases.length && (
        <Button variant="subtle" className={classes['more'] ?? ''} onClick={() => setAll(true)}>
          Show {releases.length - shown.length} more
        </Button>
      )}
    </section>
  );
}

function Entry({
  release,
  now: inForce,
  onBack,
}: {
  readonly release: ReleaseView;
  readonly now: boolean;
  readonly onBack: (() => void) | null;
}) {
  const now = useNow();
  const { sequence, kind, rollback, proposal, acceptedAt, orderedBy, until, reason, summary, bundle } = release;
  const Icon = kind === 'break-glass' ? Siren : rollback ? Undo2 : ArrowUp;
  const title = titleOf(release);
  return (
    <li className={classes['release']} data-now={inForce} data-kind={kind}>
      <span className={classes['dot']}>
        <Icon size={13} aria-hidden="true" />
      </span>
      <div>
        <p className={classes['title']}>
          <strong>
            {kind === 'break-glass' ? 'Glass broken: ' : rollback ? 'Taken back to ' : ''}
            {proposal ? <Link href={`/proposals/${proposal.number}`}>{title}</Link> : title}
          </strong>
          {inForce && <ToneMark tone={kind === 'break-glass' ? 'danger' : 'ok'}>in force</ToneMark>}
        </p>
        <p>
          {moment(acceptedAt, now)} · ordered by {orderedBy} · {approversOf(release)}
          {until !== null && ` · until ${moment(until, now)}`}
        </p>
        {reason !== null && <p>“{reason}”</p>}
        {reason === null && !rollback && summary !== '' && <p className="dim">“{summary}”</p>}
        <p className="dim">
          Release {sequence} · bundle <Hash of={bundle} />
        </p>
      </div>
      {onBack && (
        <Button variant="default" onClick={onBack} aria-label={`Take back: release ${sequence}, ${title}`}>
          Take back…
        </Button>
      )}
    </li>
  );
}
