/** What a definition says of itself before anybody has written it: enough to load, and visibly unfinished. */
export function templateIntent(title: string): object {
  return {
    kind: 'intent',
    format: 1,
    title: title.slice(0, 200),
    purpose: 'To be written: why this flow exists, in one sentence that a clinician understands.',
    owner: { name: 'To be named', role: 'To be named', contact: 'to-be-named@example.org' },
    risk: 'high',
    serviceLine: 'To be named',
    feeds: [],
    endpoints: [],
    dataUsed: [],
    fallback: { when: [], mode: 'manual-review', queue: 'to-be-named', text: 'To be written.' },
    runbook: 'Runbook',
    contactOutOfHours: 'To be named',
    reviewBy: '2099-01-01',
  };
}

/** The runbook's heading must be there: people are sent to it at night. */
export const templateReadme = (title: string): string => `# ${title.replace(/\s+/g, ' ').slice(0, 200)}

To be written for clinicians: what this flow does, and what it does not do.

## Runbook

To be written: what to do when it stops.
`;
