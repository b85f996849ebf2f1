import type { OutlineNode, OutlineSegment } from './outline.ts';

/** What of a segment has a text in its path, name, value or meaning; a node that has it keeps all its parts. */
export function matching(segment: OutlineSegment, wanted: string): OutlineSegment | undefined {
  if (has(segment, wanted)) return segment;
  const children = inside(segment, wanted);
  return children.length > 0 ? { ...segment, children } : undefined;
}

function inside(node: OutlineNode, wanted: string): OutlineNode[] {
  return node.children.flatMap((child) => {
    if (has(child, wanted)) return [child];
    const children = inside(child, wanted);
    return children.length > 0 ? [{ ...child, children }] : [];
  });
}

/** `PID-3` is PID-3 and its parts, not PID-30. */
function has({ path, name, value, meaning = '' }: OutlineNode, wanted: string): boolean {
  return (
    path.toLowerCase() === wanted ||
    name.toLowerCase().includes(wanted) ||
    value.toLowerCase().includes(wanted) ||
    meaning.toLowerCase().includes(wanted)
  );
}
