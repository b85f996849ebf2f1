/** Pure: what of an alert may be told by a channel of its tier. */
import type { AlertRecord } from '../store/contract/index.ts';
import type { AlertContent } from './alert-policy.ts';
import type { AlertMessage } from './channel.ts';

const GENERIC = {
  started: 'Wardflow: something needs you. Open the console.',
  resolved: 'Wardflow: what you were told of is over. Open the console.',
} as const;

export function contentOf(
  alert: Pick<AlertRecord, 'id' | 'title' | 'tier' | 'policy' | 'messageId'>,
  kind: AlertMessage['kind'],
  content: AlertContent,
  consoleUrl: string,
): Pick<AlertMessage, 'text' | 'link' | 'reference'> {
  const root = consoleUrl.replace(/\/+$/, '');
  if (content === 'none') return { text: GENERIC[kind], link: `${root}/alerts`, reference: null };
  const { id, tier, policy, messageId } = alert;
  const said = content === 'minimum' ? alert.title : `alert ${id} (${policy}, ${tier})`;
  return {
    text: kind === 'resolved' ? `Wardflow: over: ${said}` : `Wardflow: ${said}`,
    link: `${root}/alerts/${encodeURIComponent(id)}`,
    reference: { tier, policy, messageId },
  };
}
