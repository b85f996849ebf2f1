import { sendsTo, type SendList } from '../fhir/minimise/send-list.ts';
import type { Store } from '../store/contract/index.ts';

/**
 * What the definition version that an item began under may send to the endpoint; `sends: undefined`: it says nothing of it.
 * `undefined`: item or version is not kept.
 */
export async function sendsOf(
  { work, definitions }: Pick<Store, 'work' | 'definitions'>,
  workId: string,
  endpoint: string,
): Promise<{ readonly sends: SendList | undefined } | undefined> {
  const version = (await work.get(workId))?.pinnedVersion;
  const intent = version && (await definitions.get(version))?.files['intent.json'];
  if (!intent) return undefined;
  const read: unknown = JSON.parse(intent);
  return typeof read === 'object' && read !== null ? { sends: sendsTo(read, endpoint) } : undefined;
}
