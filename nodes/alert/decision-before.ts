/** The decision that a policy would see in a preview: that of the nearest rule table before the node, as both were deployed. */
import type { Definition } from '../../engine/index.ts';
import type { PreviewGiven } from '../../runtime/services.ts';

/** A flow that is drawn as a net is looked through once, not along each of its ways. */
export function tableBefore({ flow }: Pick<Definition, 'flow'>, alert: string): string | null {
  const node = flow.find(({ type, alert: name }) => type === 'alert' && name === alert);
  const seen = new Set<string>();
  for (let next = node ? [node.id] : []; next.length > 0;) {
    const before = flow.filter(({ id, wires }) => !seen.has(id) && wires?.flat().some((to) => next.includes(to)));
    const [found] = before.filter(({ type }) => type === 'rule table');
    if (found) return typeof found['table'] === 'string' ? found['table'] : null;
    for (const { id } of before) seen.add(id);
    next = before.map(({ id }) => id);
  }
  return null;
}

/** `null`: there is no table before it, or it cannot be asked. */
export async function decisionBefore({ definition, msg, now }: PreviewGiven, alert: string): Promise<object | null> {
  const name = definition && tableBefore(definition, alert);
  const table = name === null || name === undefined ? undefined : definition?.rules.get(name);
  if (!table) return null;
  return table.decideFor({ event: msg.event ?? null, message: msg.payload }, { now });
}
