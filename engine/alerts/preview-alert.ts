/** What a policy would say of one thing that happened, told to nobody: for whoever writes the policy or the flow around it. */
import { contentOf } from './alert-content.ts';
import type { AlertPolicy, AlertTier } from './alert-policy.ts';
import { judgeAlert } from './judge-alert.ts';

export interface AlertPreview {
  readonly verdict:
    | { readonly kind: 'raise' | 'suppressed'; readonly tier: string; readonly to: string }
    | { readonly kind: 'resolve' | 'nothing' };
  /** The rule that holds it back. */
  readonly suppressed: { readonly reason: string; readonly until: string } | null;
  /** What is grouped by, each masked; `null`: it is missing, and every message is a group of its own. */
  readonly group: readonly (string | null)[];
  readonly coolDownMs: number;
  /** In fall-over order: what would be said by each. */
  readonly tellings: readonly { readonly channel: string; readonly text: string; readonly link: string | null }[];
  /** Places in the policy that could not be asked. */
  readonly troubles: readonly string[];
}

const CONSOLE = 'console';
/** Stands for what is known only when it happens. */
const SOME_ID = '…';

export async function previewAlert(
  policy: AlertPolicy,
  input: Readonly<Record<string, unknown>>,
  { title, now }: { readonly title: string; readonly now: Date },
): Promise<AlertPreview> {
  const verdict = await judgeAlert(policy, { messageId: SOME_ID, input, now });
  const { kind, troubles } = verdict;
  const raised = kind === 'raise' || kind === 'suppressed' ? verdict.tier : null;
  return {
    verdict:
      kind === 'raise' || kind === 'suppressed' ? { kind, tier: verdict.tier.name, to: verdict.tier.to } : { kind },
    suppressed: kind === 'suppressed' ? { reason: verdict.rule.reason, until: verdict.rule.until } : null,
    group: await Promise.all(policy.groupBy.map(async (expression) => masked(await asked(expression, input, now)))),
    coolDownMs: policy.coolDownMs,
    tellings: raised ? raised.channels.map((channel) => telling(channel, raised, policy, title)) : [],
    troubles,
  };
}

function telling(
  channel: string,
  tier: AlertTier,
  policy: AlertPolicy,
  title: string,
): AlertPreview['tellings'][number] {
  // What stands at the console does not leave it: the policy's content is about what does.
  if (channel === CONSOLE) return { channel, text: title, link: null };
  const alert = { id: SOME_ID, title, tier: tier.name, policy: policy.name, messageId: SOME_ID };
  const { text, link } = contentOf(alert, 'started', tier.content, '');
  return { channel, text, link: decodeURI(link) };
}

async function asked(
  expression: AlertPolicy['groupBy'][number],
  input: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<unknown> {
  try {
    return await expression.evaluate(input, {}, now);
  } catch {
    return undefined;
  }
}

/** Enough to tell two apart, too little to know whose it is. */
function masked(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return null;
  const text = String(value).trim();
  if (text === '') return null;
  return text.length < 5 ? '••••' : `••••${text.slice(-2)}`;
}
