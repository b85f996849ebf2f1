import type { mongo } from 'mongoose';
import type { WorkDoc } from '../documents.ts';

/** What the operations of a batch have to see before they can run: collected from all, loaded together. */
export class Needs {
  readonly workIds = new Set<string>();
  /** Work whose place in its key's row does not change. */
  readonly claimIds = new Set<string>();
  readonly childKeys = new Set<string>();
  readonly messageIds = new Set<string>();
  readonly orderingKeys = new Set<string>();
  /** Ids of messages whose acknowledgement is looked at. */
  readonly acknowledgementIds = new Set<string>();
  readonly effectKeys = new Set<string>();
  /** Of effects that keep a request. */
  readonly requestKeys = new Set<string>();
  /** Facts that come to a gate: hash of their key, of their content, and their message. */
  readonly gateFacts: { readonly key: string; readonly contentHash: string; readonly messageId: string }[] = [];
  /** Keys of states. */
  readonly eventStates = new Set<string>();
  /** Messages that are compared with what was known before them. */
  readonly eventBefores = new Set<string>();
  /** Messages whose finding is asked for; the people follow from what they state. */
  readonly identityFindings = new Set<string>();
  readonly identityQuestions = new Set<string>();
  readonly identityLinks = new Set<string>();
  readonly escalationIds = new Set<string>();
  readonly escalationKeys = new Set<string>();
  readonly taskIds = new Set<string>();
  readonly taskKeys = new Set<string>();
  readonly alertIds = new Set<string>();
  readonly alertGroups = new Set<string>();
  readonly differenceIds = new Set<string>();
  readonly problemIds = new Set<string>();
  readonly subscriptions = new Set<string>();
  readonly takenVersions = new Set<string>();
  readonly writtenVersions = new Set<string>();
  /** Definitions. */
  readonly fallbacks = new Set<string>();
  readonly endpointDowns = new Set<string>();
  readonly switchIds = new Set<string>();
  /** Control ids (folded) and body hashes of messages that may be resends. */
  readonly folds = new Set<string>();
  readonly hashes = new Set<string>();
  /** Work found by something else than its id. */
  readonly workFilters: mongo.Filter<WorkDoc>[] = [];
  audit = false;
}
