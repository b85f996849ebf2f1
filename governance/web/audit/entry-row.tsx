import { Link } from 'wouter';
import type { AuditItem } from '../../api/audit-contract.ts';
import { clockTime } from '../time/duration.ts';
import classes from './audit.module.css';
import { chainName, shortHash, TELLS } from './audit-words.ts';

/** One entry: its sentence, what changed, why, and where to read on. */
export function EntryRow({ item }: { readonly item: AuditItem }) {
  const { before, after, reason, definition, version, messageId, proposal, bundle, sentence } = item;
  const changed = before !== null && after !== null;
  // Templates that say what changed need not be said twice.
  const said = changed && sentence.includes(shortHash(before)) && sentence.includes(shortHash(after));
  return (
    <article className={classes['entry']}>
      <time className="mono dim" dateTime={new Date(item.at).toISOString()} title={new Date(item.at).toISOString()}>
        {clockTime(item.at)}
      </time>
      <div className={classes['words']}>
        <p>{sentence}</p>
        {changed && !said && (
          <p className={classes['change']}>
            <del>{shortHash(before)}</del> → <ins>{shortHash(after)}</ins>
          </p>
        )}
        {reason !== null && !sentence.includes(reason) && <p className={classes['reason']}>Why: “{reason}”</p>}
        <p className={classes['about']}>
          <span>{chainName(item.chain)}</span>
          {definition !== null && definition !== 'none' && (
            <span>
              {definition}
              {version !== null && (
                <>
                  , version <code title={version}>{shortHash(version)}</code>
                </>
              )}
            </span>
          )}
          {proposal !== null && (
            <span>
              proposal <Link href={`/proposals/${encodeURIComponent(proposal)}`}>{proposal}</Link>
            </span>
          )}
          {bundle !== null && (
            <span>
              bundle <code title={bundle}>{shortHash(bundle)}</code>
            </span>
          )}
          {messageId !== null && <Link href={`/messages/${messageId}`}>message</Link>}
          {messageId !== null && TELLS.test(item.type) && (
            <Link href={`/audit/why/${messageId}`}>why was this told</Link>
          )}
        </p>
      </div>
      <code className={classes['type']} title={`Entry ${item.seq} of ${item.chain}, ${item.hash}`}>
        {item.type}
      </code>
    </article>
  );
}
