/**
 * The FHIR Task that stands for one of our tasks in the EHR: decision 0018, fields by `docs/reference/formats.md`. Written
 * behind, read by polling, never waited for.
 */
export interface EhrCopies {
  /** The task changed: its copy is owed a write. Without an id: any may be owed one. Cheap; the round does it. */
  wake(id?: string): void;
  /**
   * What a person says about a difference: `ours` writes our state over the copy's, `theirs` takes our nearest steps there. Of a copy
   * that was held back `ours` writes it.
   * @throws `task-unknown`, `ehr-no-difference`, `ehr-no-way` (no steps lead there)
   */
  settle(
    id: string,
    seen: number,
    side: 'ours' | 'theirs',
    by: { readonly actor: string; readonly reason: string },
  ): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

/** `EhrCopy.trouble`. */
export const EHR_TROUBLES = [
  /** The copy has a status to which none of our steps leads. */
  'ehr-differs',
  /** It is not there any more. */
  'ehr-gone',
  /** Refused as it is: nobody but a person can mend it. */
  'ehr-refused',
  /** Could not be asked; tried again. */
  'ehr-unreachable',
  /** Not written yet: the flow only recommended when the task was made, and still does. */
  'ehr-waits',
  /** Not written: it was held back while the flow only recommended. Offered since that has ended, never sent by itself. */
  'ehr-held',
] as const;
export type EhrTrouble = (typeof EHR_TROUBLES)[number];
