/** Trust stores in plain words. Pure: the console's server and its pages use it alike. */
import type { Policy, RoleCount } from '../bundle/policy.ts';
import type { TrustedKey, TrustStatement } from '../bundle/statements.ts';

const RISK_WORDS: readonly (readonly [keyof Policy['approvals'], string])[] = [
  ['low', 'A change of low risk'],
  ['moderate', 'A change of moderate risk'],
  ['high', 'A change of high risk'],
  ['critical', 'A change of critical risk'],
  ['trust', 'A change of these keys or of this policy'],
];

// Not through engine/index.ts: the pages say these words, and the door opens files and sockets.
export { durationMs } from '../../engine/definitions/duration.ts';

/** One sentence a rule. */
export function policyInWords(policy: Policy): readonly string[] {
  const { approvals, codeNodes, forbiddenNodes, orders, breakGlass } = policy;
  return [
    ...RISK_WORDS.map(([risk, words]) => `${words} needs ${seatsInWords(approvals[risk] ?? approvals.high)}.`),
    'Authors never approve their own change, and one person takes one seat.',
    ...Object.entries(codeNodes).map(
      ([type, role]) => `A change with “${type}” nodes needs an approval as ${role}, too.`,
    ),
    forbiddenNodes.length === 0 ? 'No node is forbidden.' : `Nothing may use ${listed(forbiddenNodes)}.`,
    `Approvals count for ${durationInWords(policy.approvalValidFor)}.`,
    `An order to run a bundle is given as ${either(orders.roles)}, and is valid for ${durationInWords(orders.validFor)} at most.`,
    `Glass may be broken as ${either(breakGlass.roles)}, for ${durationInWords(breakGlass.maxDuration)} at most.`,
  ];
}

export interface TrustWords {
  readonly keys: readonly string[];
  readonly policy: readonly string[];
}

/** What a version changes. */
export function trustChangeInWords(
  before: { readonly keys: readonly TrustedKey[]; readonly policy: Policy },
  after: Pick<TrustStatement, 'keys'> & { readonly policy: Policy },
): TrustWords {
  const keys = after.keys.flatMap((key) => {
    const old = before.keys.find(({ id }) => id === key.id);
    const named = `the key ${key.id.slice(0, 12)} of ${key.person}`;
    if (!old) return [`adds ${named} as ${listed(key.roles)}`];
    if (!old.revoked && key.revoked) return [`revokes ${named}`];
    if (listed(old.roles) === listed(key.roles)) return [];
    return [`gives ${named} the roles ${listed(key.roles)} instead of ${listed(old.roles)}`];
  });
  const [old, now] = [policyInWords(before.policy), policyInWords(after.policy)];
  return {
    keys,
    policy: [
      ...old.filter((line) => !now.includes(line)).map((line) => `no longer: ${line}`),
      ...now.filter((line) => !old.includes(line)).map((line) => `new: ${line}`),
    ],
  };
}

function seatsInWords(seats: readonly RoleCount[]): string {
  return listed(seats.map(({ role, count }) => `${count === 1 ? 'an approval' : `${count} approvals`} as ${role}`));
}

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/(\d+)W/, 'week'],
  [/(\d+)D/, 'day'],
  [/T.*?(\d+)H/, 'hour'],
  [/T.*?(\d+)M/, 'minute'],
  [/T.*?(\d+)S/, 'second'],
];

/** `PT8H`: 8 hours. */
export function durationInWords(iso: string): string {
  const parts = UNITS.flatMap(([pattern, unit]) => {
    const [, number] = pattern.exec(iso) ?? [];
    return number === undefined ? [] : [`${number} ${unit}${number === '1' ? '' : 's'}`];
  });
  return parts.length === 0 ? iso : listed(parts);
}

const listed = (words: readonly string[]): string =>
  words.length === 0
    ? 'nothing'
    : words.length === 1
      ? (words[0] ?? '')
      : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
const either = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? 'nobody') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
