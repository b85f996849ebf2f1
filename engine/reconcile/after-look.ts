/** What a look at a server makes of the record of a write: see store/contract/differences.ts for the states. */
import type { Millis } from '../base/clock.ts';
import type { Difference, DifferenceState, EffectRecord, Found } from '../store/contract/index.ts';
import type { Finding } from './look.ts';
import type { Written } from './written.ts';

export interface AfterLook {
  readonly next: Difference;
  /** Type of its audit record; `null`: nothing that anybody would ask for later. */
  readonly audit: 'difference.found' | 'difference.gone' | null;
}

const AMISS: ReadonlySet<Found> = new Set(['missing', 'duplicate', 'differs']);

export function afterLook(
  before: Difference | undefined,
  written: Written,
  effect: EffectRecord,
  finding: Finding,
  at: Millis,
): AfterLook {
  const { found } = finding;
  const isAmiss = AMISS.has(found);
  const state = stateAfter(before, found, isAmiss);
  const isNews = before === undefined || before.found !== found || before.state !== state;
  const next: Difference = {
    id: written.id,
    version: (before?.version ?? 0) + 1,
    state,
    found,
    endpoint: written.endpoint,
    resourceType: written.type,
    resourceId: written.resourceId,
    wroteVersion: written.version,
    foundVersion: finding.version,
    copies: finding.copies,
    effectKey: effect.key,
    messageId: effect.messageId,
    workId: effect.workId,
    definition: effect.definition,
    writtenAt: effect.endedAt ?? effect.startedAt,
    since: isNews ? at : before.since,
    checkedAt: at,
    settled: state === 'settled' ? (before?.settled ?? null) : null,
  };
  if (state === 'open' && isNews) return { next, audit: 'difference.found' };
  return { next, audit: state === 'gone' && before?.state === 'open' ? 'difference.gone' : null };
}

function stateAfter(before: Difference | undefined, found: Found, isAmiss: boolean): DifferenceState {
  if (before === undefined || before.state === 'alike') return isAmiss ? 'open' : 'alike';
  // A person has said what they make of this one, and of no other.
  if (before.state === 'settled') return isAmiss && before.found !== found ? 'open' : 'settled';
  return isAmiss ? 'open' : 'gone';
}
