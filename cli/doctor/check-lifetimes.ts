import { KEPT_COPIES, lifetimeWords, type Config } from '../../engine/index.ts';
import { note, ok, type Finding } from './finding.ts';

/** How long copies of clinical content are kept: a line for each of them where there is an end, one where there is none. */
export function checkLifetimes(config: Config): Promise<readonly Finding[]> {
  const keep = { bodiesDays: config.retentionBodiesDays, messagesDays: config.retentionMessagesDays };
  if (keep.bodiesDays === null && keep.messagesDays === null)
    return Promise.resolve([
      note(
        'lifetimes',
        'copies of clinical content are kept for ever: WARDFLOW_RETENTION_BODIES_DAYS and WARDFLOW_RETENTION_MESSAGES_DAYS are not set (docs/guide/minimisation.md)',
      ),
    ]);
  return Promise.resolve(
    KEPT_COPIES.flatMap(({ what, until }) =>
      until === 'none' ? [] : [ok('lifetimes', `${lifetimeWords(until, keep)}: ${what}`)],
    ),
  );
}
