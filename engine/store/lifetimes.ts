/**
 * Every copy of clinical content that Wardflow makes, with when it ends: the one list. Retention goes by it (write/purge.ts),
 * `wardflow doctor` and docs/guide/minimisation.md say it, and a test refuses a table or a collection that is not in it.
 */
import type { Millis } from '../base/clock.ts';

/**
 * `body`: with the body of its message. `entry`: with the message's entry, and all that belongs to it.
 * `versions`: a fixed time after it was seen. `none`: nothing clinical is in it; it stays.
 */
export type Lifetime = 'body' | 'entry' | 'versions' | 'none';

export interface KeptCopy {
  readonly what: string;
  readonly until: Lifetime;
  /** Tables of SQLite, or single columns of them. */
  readonly sqlite: readonly string[];
  /** Collections of MongoDB, or single fields. */
  readonly mongo: readonly string[];
}

const DAY_MS: Millis = 24 * 3_600_000;
/** Which versions of FHIR resources were taken in and written: ids and version numbers, so that nothing is taken twice. */
export const VERSIONS_KEPT_MS: Millis = 30 * DAY_MS;

export const KEPT_COPIES = [
  {
    what: 'Messages as they were received: HL7, notifications of FHIR servers with the resources in them, events by HTTP',
    until: 'body',
    sqlite: ['body'],
    mongo: ['bodies'],
  },
  {
    what: 'What an effect is about to send, while it may have to be sent again',
    until: 'body',
    sqlite: ['effect_request'],
    mongo: ['requests'],
  },
  {
    what: 'Answers of endpoints kept with effects, FHIR resources among them (what was written stays named by id and version)',
    until: 'body',
    sqlite: ['effect.result'],
    mongo: ['effects.result'],
  },
  {
    what: 'What a flow gave to later steps: items that wait for time or people, steps of escalations',
    until: 'body',
    sqlite: ['work.child_data'],
    mongo: ['work.childData'],
  },
  {
    what: 'States of patients, visits, orders and appointments that events are derived from',
    until: 'body',
    sqlite: ['event_state', 'event_before'],
    mongo: ['eventStates', 'eventBefores'],
  },
  {
    what: 'Demographics of patients as keyed hashes, and who a message was found to be about',
    until: 'body',
    sqlite: ['identity_finding', 'identity_key.record', 'identity_alike.keys'],
    mongo: ['identityFindings', 'identityKeys.record', 'identityAlike.record'],
  },
  {
    what: 'Application acknowledgements that flows have made',
    until: 'body',
    sqlite: ['acknowledgement.bytes'],
    mongo: ['acknowledgements.bytes'],
  },
  {
    what: 'Entries of messages with the identifiers that they are searched by, and the answers their senders got',
    until: 'entry',
    sqlite: ['message', 'message_state', 'search_key', 'kept_answer', 'acknowledgement'],
    mongo: ['messages', 'acknowledgements'],
  },
  {
    what: 'Work, its attempts and traces; effects by name, place and outcome',
    until: 'entry',
    sqlite: ['work', 'attempt', 'effect'],
    mongo: ['work', 'attempts', 'keys', 'effects'],
  },
  {
    what: 'Decisions of rules with the values that they were made of',
    until: 'entry',
    sqlite: ['decision', 'decision_set'],
    mongo: ['decisions'],
  },
  {
    what: 'Tasks with their timelines and their copies for the EHR, those held back among them; what was held for a person',
    until: 'entry',
    sqlite: ['task', 'task_event', 'review'],
    mongo: ['tasks', 'taskEvents', 'reviews'],
  },
  {
    what: 'Alerts, escalations with what they carry, and what was held back',
    until: 'entry',
    sqlite: ['alert', 'alert_counted', 'alert_held', 'escalation'],
    mongo: ['alerts', 'alertGroups', 'alertCounted', 'alertHeld', 'escalations'],
  },
  {
    what: 'Reported problems, and differences found on FHIR servers',
    until: 'entry',
    sqlite: ['problem', 'difference'],
    mongo: ['problems', 'differences'],
  },
  {
    what: 'Facts that the idempotency gate has seen, as hashes',
    until: 'entry',
    sqlite: ['gate_fact'],
    mongo: ['gate', 'gateKeys'],
  },
  {
    what: 'Which versions of FHIR resources were taken in and written, by id',
    until: 'versions',
    sqlite: ['taken_version', 'written_version'],
    mongo: ['takenVersions', 'writtenVersions'],
  },
  {
    what: 'Which numbers of patients are one, as hashes, with the questions about that and their answers',
    until: 'none',
    sqlite: ['identity_key', 'identity_group', 'identity_alike', 'identity_link', 'identity_question'],
    mongo: ['identityKeys', 'identityGroups', 'identityAlike', 'identityLinks', 'identityQuestions'],
  },
  {
    what: 'The audit trail, counts, switches, fallbacks, subscriptions and versions of definitions: who did what to what, never a clinical value',
    until: 'none',
    // prettier-ignore
    sqlite: [
      'audit', 'feed', 'counter', 'term', 'operator_switch', 'purge_cursor', 'fallback', 'subscription', 'definition_version', 'endpoint_down',
    ],
    mongo: [
      'audit',
      'chains',
      'counters',
      'sequences',
      'switches',
      'fallbacks',
      'subscriptions',
      'definitions',
      'endpointDowns',
      'meta',
    ],
  },
] as const satisfies readonly KeptCopy[];

/** Tables with a column `message_id` that go whole with what ends so. */
export function tablesUntil(until: Lifetime): readonly string[] {
  return KEPT_COPIES.flatMap((copy) => (copy.until === until ? copy.sqlite.filter((name) => !name.includes('.')) : []));
}

/** What each lifetime is under these settings, for people; `null` days: for ever. */
export function lifetimeWords(
  until: Lifetime,
  { bodiesDays, messagesDays }: { readonly bodiesDays: number | null; readonly messagesDays: number | null },
): string {
  const after = (days: number | null): string =>
    days === null ? 'for ever' : `${days} ${days === 1 ? 'day' : 'days'}`;
  switch (until) {
    case 'body': {
      // What is sooner: a body goes with its entry.
      const days = [bodiesDays, messagesDays].filter((one) => one !== null);
      return after(days.length === 0 ? null : Math.min(...days));
    }
    case 'entry':
      return after(messagesDays);
    case 'versions':
      return after(VERSIONS_KEPT_MS / DAY_MS);
    case 'none':
      return 'for ever: nothing clinical is in it';
    default:
      return until satisfies never;
  }
}
