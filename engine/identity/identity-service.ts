/** Who is who, for sources, flows and people: decision 0021. */
import type { EventContext } from '../events/clinical-event.ts';
import type { Hl7Message } from '../hl7/message.ts';
import type {
  IdentityFinding,
  IdentityLink,
  IdentityQuestion,
  IdentityStatement,
  KnownPerson,
  TakeHow,
} from '../store/contract/identities.ts';
import type { IdentityRules } from './identity-file.ts';
import type { FhirPeople } from './stated-people.ts';

export interface IdentityDecision {
  /** `user:ana`. */
  readonly by: string;
  readonly reason: string;
}

/** Characters. */
export const LONGEST_IDENTITY_REASON = 500;

export interface IdentityService {
  /** By what merges are taken note of as they arrive; `undefined`: not at all. */
  readMergesBy(rules: () => IdentityRules | undefined): void;
  /**
   * For the commit that accepts a message of {@link MERGE_TYPES}, so that whatever is accepted behind it finds the link;
   * `undefined`: there is nothing to note. Never throws.
   */
  mergeIn(message: Hl7Message, context: EventContext): IdentityStatement | undefined;
  /**
   * Matches the patients of a message and records its merges; a redelivery hears what the first delivery heard. The finding belongs
   * into `EventContext.identity` of whatever derives its events.
   */
  ofHl7(
    messageId: string,
    message: Hl7Message,
    context: EventContext,
    rules: IdentityRules,
    how?: TakeHow,
  ): Promise<IdentityFinding>;
  /** The same of patients that were read on a FHIR server. */
  ofFhir(messageId: string, said: FhirPeople, rules: IdentityRules, how?: TakeHow): Promise<IdentityFinding>;
  /**
   * What follows from links of the last day follows again, where a process was ended between the two: the copies of open tasks
   * name the number that is used. Never rejects.
   */
  start(): Promise<void>;
  /** `undefined`: the key is not known. */
  person(key: string): Promise<KnownPerson | undefined>;
  /**
   * `same: null`: nobody can say yet, and it stays open. `survivor`: the key that is used from now on, of those that the question
   * names; absent: the one that was known first.
   * @throws `identity-unknown`, `identity-stale`, `identity-reason-wrong`
   */
  answer(
    id: string,
    seen: number,
    answer: { readonly same: boolean | null; readonly survivor?: string },
    by: IdentityDecision,
  ): Promise<IdentityQuestion>;
  /** Takes a wrong merge back. @throws `identity-unknown`, `identity-stale`, `identity-reason-wrong` */
  undo(linkId: string, seen: number, by: IdentityDecision): Promise<IdentityLink>;
}
