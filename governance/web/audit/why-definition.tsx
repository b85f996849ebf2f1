import { Link } from 'wouter';
import type { WhyTold } from '../../api/audit-contract.ts';
import { exactTime } from '../time/duration.ts';
import { shortHash } from './audit-words.ts';
import classes from './why.module.css';

/** The version that ran, and the people behind it. */
export function WhyDefinition({
  definition: { name, title, version, release },
  runtime,
}: {
  readonly definition: WhyTold['definitions'][number];
  readonly runtime: string;
}) {
  return (
    <article className={classes['decision']}>
      <p>
        <strong>{title ?? name}</strong> {title !== null && <span className="dim">{name}</span>}, version{' '}
        <code title={version}>{shortHash(version)}</code>
      </p>
      {release === 'unreadable' ? (
        <p>Where this version came from cannot be read now: the releases of {runtime} do not verify.</p>
      ) : release === null ? (
        <p>Not promoted by a signed bundle: {runtime}.</p>
      ) : (
        <dl className={classes['facts']}>
          <div>
            <dt>Bundle</dt>
            <dd>
              <code title={release.bundle}>{shortHash(release.bundle)}</code>
            </dd>
          </div>
          {release.proposal !== null && (
            <div>
              <dt>Proposal</dt>
              <dd>
                <Link href={`/proposals/${encodeURIComponent(release.proposal)}`}>{release.proposal}</Link>
              </dd>
            </div>
          )}
          <div>
            <dt>Written by</dt>
            <dd>{release.author}</dd>
          </div>
          <div>
            <dt>Approved by</dt>
            <dd>
              {release.approvals.length === 0
                ? 'nobody'
                : release.approvals.map(({ person, role, at }) => (
                    <span key={`${person} ${role}`} className={classes['approval']}>
                      {person} as {role}
                      {at !== undefined && `, ${exactTime(at)}`}
                    </span>
                  ))}
            </dd>
          </div>
          <div>
            <dt>Promoted by</dt>
            <dd>
              {release.promotedBy}, {exactTime(release.promotedAt)}
            </dd>
          </div>
        </dl>
      )}
    </article>
  );
}
