/** What a runtime has kept, by control id, as its own API tells. */
import type { MessageList } from '../../runtime/api/contract.ts';
import type { RuntimeProcess } from '../kit/runtime-process.ts';

export async function keptControlIds(runtime: RuntimeProcess): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (let before: number | null = null; ;) {
    const page: MessageList = await runtime.api(`/messages?limit=1000${before === null ? '' : `&before=${before}`}`);
    for (const { controlId } of page.messages) if (controlId !== null) kept.add(controlId);
    if (page.next === null) return kept;
    before = page.next;
  }
}
