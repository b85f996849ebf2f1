import { CircleCheck, CircleDashed } from 'lucide-react';
import { Hash } from '../signing/hash.tsx';
import { moment } from '../time/duration.ts';
import { ChangeWords } from './change-words.tsx';
import { useShownProposal } from './discussion.ts';
import { RunMark } from './proposal-looks.tsx';
import classes from './proposal-page.module.css';

/** What changes, in words; who has to agree; what exactly it is. */
export function ChangeView() {
  const { summary, affected } = useShownProposal();
  return (
    <div className={classes['columns']}>
      <div className={classes['column']}>
        <section className="panel" aria-labelledby="words">
          <div className="panel-head">
            <h2 id="words">What changes</h2>
          </div>
          <ChangeWords />
        </section>
        <section className="panel" aria-labelledby="summary">
          <div className="panel-head">
            <h2 id="summary">In the author’s words</h2>
          </div>
          <p className={classes['prose']}>{summary || 'Nothing was written.'}</p>
        </section>
        {affected.length > 0 && (
          <section className="panel" aria-labelledby="affected">
            <div className="panel-head">
              <h2 id="affected">Affected besides</h2>
            </div>
            <ul className={classes['plain']}>
              {affected.map(({ definition, parts }) => (
                <li key={definition}>
                  <strong>{definition}</strong> uses {parts.join(', ')}
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
      <div className={classes['column']}>
        <Seats />
        <Evidence />
      </div>
    </div>
  );
}

export function Seats() {
  const { seats, notCounted, state, author, editors } = useShownProposal();
  return (
    <section className="panel" aria-labelledby="seats">
      <div className="panel-head">
        <h2 id="seats">Who has to agree</h2>
      </div>
      <ul className={classes['seats']}>
        {seats.map(({ role, person, at }, i) => (
          <li key={`${role} ${i}`} data-taken={person !== null}>
            {person === null ? (
              <CircleDashed size={16} aria-hidden="true" />
            ) : (
              <CircleCheck size={16} aria-hidden="true" />
            )}
            <span>
              <strong>{role}</strong>
              <br />
              {person === null ? (
                <span className="dim">{['rejected', 'withdrawn'].includes(state) ? 'nobody' : 'missing'}</span>
              ) : (
                <>
                  {person}
                  {at !== null && <span className="dim">, {moment(at, Date.now())}</span>}
                </>
              )}
            </span>
          </li>
        ))}
        {seats.length === 0 && <li className="dim">The policy asks for nobody.</li>}
      </ul>
      <p className={classes['foot']}>
        {author} is its author{editors.length > 0 && `, and ${editors.join(', ')} deployed parts of it on staging`}: who
        wrote it does not count. One person takes one seat.
        {notCounted.length > 0 && ' These do not count:'}
      </p>
      {notCounted.length > 0 && (
        <ul className={classes['plain']}>
          {notCounted.map(({ person, why }) => (
            <li key={`${person} ${why}`}>
              <strong>{person}</strong>: {why}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function Evidence() {
  const { bundle, base, policy, authorStatement, scenariosHash, checks, scenarios } = useShownProposal();
  return (
    <section className="panel" aria-labelledby="evidence">
      <div className="panel-head">
        <h2 id="evidence">What exactly is approved</h2>
      </div>
      <div className={classes['runs']}>
        <RunMark what="Checks" run={checks} />
        <RunMark what="Scenarios" run={scenarios} />
      </div>
      <dl className={classes['facts']}>
        <Fact label="Bundle" hash={bundle} />
        <Fact label="In place of" hash={base} none="nothing: it is the first" />
        <Fact label="Policy" hash={policy} />
        <Fact label="Author’s statement" hash={authorStatement} none="not signed yet" />
        <Fact label="Scenario results" hash={scenariosHash} none="none yet" />
      </dl>
    </section>
  );
}

function Fact({
  label,
  hash,
  none = '',
}: {
  readonly label: string;
  readonly hash: string | null;
  readonly none?: string;
}) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{hash === null ? none : <Hash of={hash} />}</dd>
    </div>
  );
}
