/** Files of a definition with patients matched; `more`: members of its identity.json. */
export const identityFiles = (more: object = {}): Readonly<Record<string, string>> => ({
  '_shared/flow.json': '[]',
  '_shared/README.md': '# Shared\n\n## Runbook\n',
  '_shared/intent.json': JSON.stringify({
    kind: 'intent',
    format: 1,
    title: 'Shared',
    purpose: 'For all.',
    risk: 'low',
    owner: { name: 'Test', role: 'tester', contact: 'test@example.org' },
    feeds: [],
    endpoints: [],
    dataUsed: [],
    runbook: 'Runbook',
    reviewBy: '2027-01-01',
  }),
  '_shared/identity.json': JSON.stringify({
    kind: 'patient-identity',
    format: 1,
    name: 'identity',
    owner: { name: 'Test', contact: 't@example.org' },
    compare: ['birthDate', 'sex'],
    findBy: ['family', 'given', 'birthDate'],
    unsure: 'continue',
    ...more,
  }),
});
