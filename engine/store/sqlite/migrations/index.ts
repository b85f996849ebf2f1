/**
 * The schema's history. Append only: each entry runs once, in one transaction, in order; a database that has seen more
 * of them than this list holds was written by a newer version and is not touched.
 */
import { first } from './0001-first.ts';
import { terms } from './0002-terms.ts';
import { gateReasons } from './0003-gate-reasons.ts';
import { operations } from './0004-operations.ts';
import { packed } from './0005-packed.ts';
import { shortHashes } from './0006-short-hashes.ts';
import { resting } from './0007-resting.ts';
import { escalationSource } from './0008-escalation-source.ts';
import { leanDecisions } from './0009-lean-decisions.ts';
import { oneIndexOfActiveWork } from './0010-one-index-of-active-work.ts';
import { escalationFact } from './0011-escalation-fact.ts';
import { effectRequests } from './0012-effect-requests.ts';
import { acknowledgements } from './0013-acknowledgements.ts';
import { tasks } from './0014-tasks.ts';
import { alerts } from './0015-alerts.ts';
import { heldBackGroups } from './0016-held-back-groups.ts';
import { taskAbout } from './0017-task-about.ts';
import { escalationTask } from './0018-escalation-task.ts';
import { spans } from './0019-spans.ts';
import { fallbacks } from './0020-fallbacks.ts';
import { problems } from './0021-problems.ts';
import { taskCounts } from './0022-task-counts.ts';
import { messageFormat } from './0023-message-format.ts';
import { eventStates } from './0024-event-states.ts';
import { subscriptions } from './0025-subscriptions.ts';
import { differences } from './0026-differences.ts';
import { versionBases } from './0027-version-bases.ts';
import { endpointDowns } from './0028-endpoint-downs.ts';
import { identities } from './0029-identities.ts';
import { newerGone } from './0030-newer-gone.ts';
import { arrivals } from './0031-arrivals.ts';

export const MIGRATIONS: readonly string[] = [
  first,
  terms,
  gateReasons,
  operations,
  packed,
  shortHashes,
  resting,
  escalationSource,
  leanDecisions,
  oneIndexOfActiveWork,
  escalationFact,
  effectRequests,
  acknowledgements,
  tasks,
  alerts,
  heldBackGroups,
  taskAbout,
  escalationTask,
  spans,
  fallbacks,
  problems,
  taskCounts,
  messageFormat,
  eventStates,
  subscriptions,
  differences,
  versionBases,
  endpointDowns,
  identities,
  newerGone,
  arrivals,
];
