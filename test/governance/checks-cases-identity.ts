/** Cases of checks around _shared/identity.json. */
import type { CheckCode } from '../../governance/checks/errors.ts';
import type { Change } from '../kit/checked-definition.ts';
import { identityFiles } from '../kit/identity-files.ts';

const sharing = (unsure: 'hold' | 'continue', when: readonly string[]): Change => ({
  request: {
    shared: Object.fromEntries(
      Object.entries(identityFiles({ unsure })).map(([path, text]) => [path.slice('_shared/'.length), text]),
    ),
  },
  intent: { fallback: { when, mode: 'manual-review', queue: 'desk', text: 'People do it.' } },
});

export const IDENTITY_CASES: readonly (readonly [code: CheckCode, what: string, wrong: Change, right: Change])[] = [
  [
    'doubt-not-held',
    'a patient in doubt for whom no fallback holds the message',
    sharing('hold', ['operator']),
    sharing('hold', ['operator', 'incomplete-data']),
  ],
  [
    'doubt-not-held',
    'one for whom no fallback is declared at all',
    { ...sharing('hold', []), intent: { fallback: undefined } },
    sharing('continue', ['operator']),
  ],
  [
    'fallback-trigger-idle',
    'a doubt that neither a table nor a patient raises',
    sharing('continue', ['incomplete-data']),
    sharing('hold', ['incomplete-data']),
  ],
];
