/** Pure: where an alert goes by one channel. */
import type { Recipients } from '../config/channels.ts';
import type { AlertMessage } from './channel.ts';

/** More at once is a mistake in the roster. */
const MOST = 50;

/**
 * The addresses of those who cover the role now; where the channel knows none of them, the role's own. Empty: there is none,
 * and the next channel has to do.
 */
export function addressesOf(recipients: Recipients, { to, people }: Pick<AlertMessage, 'to' | 'people'>): string[] {
  const of = (name: string): readonly string[] => (Object.hasOwn(recipients, name) ? (recipients[name] ?? []) : []);
  const own = people.flatMap(of);
  return [...new Set([own, of(to), of(to.replace(/^roster /, ''))].find(({ length }) => length > 0))].slice(0, MOST);
}
