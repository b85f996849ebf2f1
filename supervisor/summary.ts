/** What `wardflow up` says when everything runs. Short: a newcomer reads it once. */
export interface SummaryFacts {
  readonly consoleUrl: string;
  /** From other machines; `null`: there is no way. */
  readonly httpsUrl: string | null;
  readonly editorUrl: string;
  /** Where production is; `null`: it does not run. */
  readonly production: string | null;
  /** Staging's. */
  readonly feeds: Feeds;
  /** Also those that open with its first release. */
  readonly productionFeeds: Feeds;
  /** `null`: the endpoint `ehr` is not bound. */
  readonly fhirBase: string | null;
  readonly sandboxPage: string | null;
  readonly feedRuns: boolean;
  /** Where the logins of the demo's people are. */
  readonly demoLogins: string | null;
  readonly firstLogin: { readonly username: string; readonly password: string } | null;
  /** `WARDFLOW_ADMIN_PASSWORD` is set. */
  readonly passwordGiven: boolean;
  readonly seconds: number;
  readonly logsFolder: string;
}

/** Said where a data folder of the demo is started without it. */
export const DEMO_KEYS: readonly string[] = [
  "Production does not run: it trusts keys of the demo's people, whose passphrases lay in demo-logins.txt.",
  'Start with --demo; or use another data folder (WARDFLOW_DATA), and say there who may approve: "wardflow trust init".',
];

type Feeds = Readonly<Record<string, { readonly host: string; readonly port: number }>>;

export function summary(facts: SummaryFacts): readonly string[] {
  const login = facts.firstLogin
    ? `log in as ${facts.firstLogin.username} with ${facts.firstLogin.password} (shown only now: note it)`
    : facts.passwordGiven
      ? 'log in as admin; the password is the one that WARDFLOW_ADMIN_PASSWORD had at the first start'
      : 'log in as before';
  return [
    '',
    `Wardflow runs (${facts.seconds.toFixed(1)} s).`,
    '',
    `  Console  ${facts.consoleUrl}   ${login}`,
    ...(facts.httpsUrl === null ? [] : [`  HTTPS    ${facts.httpsUrl}   the console, from other machines`]),
    `  Editor   ${facts.editorUrl}   the flows, in Node-RED (staging)`,
    ...(facts.production === null
      ? []
      : [`  Live     ${facts.production}   production, for reading: it runs what was approved`]),
    ...(facts.demoLogins === null ? [] : [`  People   ${facts.demoLogins}   logins of the demo's other people`]),
    ...feedLines(facts.feeds, facts.production === null ? '' : ' (staging)'),
    ...feedLines(facts.productionFeeds, ' (production)'),
    facts.sandboxPage
      ? `  FHIR     ${facts.sandboxPage}   sandbox server: what the flows write`
      : `  FHIR     ${facts.fhirBase ?? 'not bound: set WARDFLOW_FHIR_BASE to the base of a FHIR R4 server'}`,
    '',
    ...happening(facts),
    ...ownMessage(),
    `  Ctrl-C stops it and finishes what is in work. Logs: ${facts.logsFolder}`,
    '',
  ];
}

const feedLines = (feeds: Feeds, whose: string): readonly string[] =>
  Object.entries(feeds).map(
    ([name, { host, port }]) => `  HL7 v2   ${host}:${port}   feed "${name}" over MLLP, any sender${whose}`,
  );

function happening({ feedRuns, sandboxPage }: SummaryFacts): readonly string[] {
  if (!feedRuns) return [];
  return [
    'What happens now: a synthetic hospital sends admissions, laboratory results and discharges. Critical results become',
    'tasks that wait for an answer; discharges are given to the team that follows up.',
    ...(sandboxPage
      ? [
          'One message fails on purpose, since its patient has a closed record in the EHR: until it is repaired, the console',
          `lists it under "Needs you". Open the record at ${sandboxPage}, then redrive the message.`,
        ]
      : []),
    '',
  ];
}

const SAMPLE = 'flows/critical-lab-result/samples/critical-potassium.hl7';

function ownMessage(): readonly string[] {
  return ['Send a message of your own, or this one:', `  npx wardflow send ${SAMPLE}`, ''];
}
