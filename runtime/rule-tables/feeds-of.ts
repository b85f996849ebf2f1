/** The feeds whose messages come to a definition: its own nodes name their config nodes, which may be in `_shared`. */
import type { Definition, DefinitionSet } from '../../engine/index.ts';

export function feedsOf(definition: Definition, all: DefinitionSet): readonly string[] {
  const names = definition.flow.flatMap(({ feed: id }): string[] => {
    const node = typeof id === 'string' ? all.ofNode(id)?.flow.find((one) => one.id === id) : undefined;
    return node?.type === 'wardflow-feed' && typeof node.name === 'string' ? [node.name] : [];
  });
  return [...new Set(names)];
}
