import type { RuntimeStatus } from '../../runtime/api/contract.ts';

/** One of each manner in which changes of a FHIR server come in. */
export function subscriptionsAt(now: number): NonNullable<RuntimeStatus['subscriptions']> {
  const one = {
    definition: 'discharge-follow-up',
    endpoint: 'ehr',
    state: 'active',
    since: now - 86_400_000,
    isBound: true,
    heardAt: now - 40_000,
    polledAt: now - 300_000,
    watermark: now - 300_000,
    endsAt: null,
    eventNumber: null,
    gapSince: null,
    gaps: 0,
    missed: 0,
    trouble: null,
  } as const;
  const counts = {
    notifications: 214,
    duplicates: 0,
    recovered: 0,
    renewals: 1,
    askedAgain: 0,
    refused: 0,
    polls: 144,
    pollsFailed: 0,
    polled: 0,
  };
  const trouble = { code: 'subscription-stopped', text: 'The server has stopped "results" and is asked to go on.' };
  return [
    { ...one, name: 'discharges', watches: 'Encounter?status=finished', counts },
    {
      ...one,
      name: 'results',
      watches: 'http://example.org/fhir/SubscriptionTopic/critical-results',
      state: 'error',
      eventNumber: 41,
      gapSince: now - 20_000,
      gaps: 2,
      missed: 3,
      trouble,
      counts: { ...counts, refused: 5, polled: 3 },
    },
    {
      ...one,
      name: 'beds',
      watches: 'Location?operational-status=U',
      state: 'polling',
      isBound: false,
      heardAt: null,
      counts: { ...counts, notifications: 0, polled: 17 },
    },
  ];
}
