/** What an acknowledgement becomes when it is made. Pure: every adapter asks here. */
import type { AcknowledgementState, ApplicationCode, OwedCondition } from './contract/index.ts';

/** Whether a sender that asks for answers under this condition (table 0155) wants one with this code (table 0008). */
export function isWanted(condition: OwedCondition, code: ApplicationCode): boolean {
  switch (condition) {
    case 'AL':
      return true;
    case 'ER':
      return code !== 'AA';
    case 'SU':
      return code === 'AA';
    default:
      return condition satisfies never;
  }
}

interface MadeState {
  readonly state: Extract<AcknowledgementState, 'made' | 'unwanted'>;
  /** The first try, or the end of waiting for somebody who takes it. */
  readonly nextAt: number | null;
}

export function whenMade(
  owed: { readonly condition: OwedCondition; readonly lapseAt: number; readonly endpoint: string | null },
  code: ApplicationCode,
  at: number,
): MadeState {
  if (!isWanted(owed.condition, code)) return { state: 'unwanted', nextAt: null };
  return { state: 'made', nextAt: owed.endpoint === null ? owed.lapseAt : at };
}
