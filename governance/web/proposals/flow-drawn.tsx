/** How a sheet's parts look on the canvas. */
import { Handle, Position, type Edge, type Node, type NodeHandle, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { lookOf } from '../trace/node-looks.ts';
import type { Box, PictureNode, Sheet, Side } from './flow-picture.ts';
import classes from './flow-view.module.css';

interface PartData extends Record<string, unknown> {
  readonly part: PictureNode;
  readonly label: string;
  /** Where it stood, when it stands elsewhere now. */
  readonly ghost: boolean;
  readonly current: boolean;
}
export type DrawnNode = Node<PartData, 'part'>;

const SIGNS: Readonly<Record<string, string>> = { added: '+', removed: '−', changed: '•', moved: '↔' };

const Part = memo(function Part({ data: { part, label, ghost, current } }: NodeProps<DrawnNode>) {
  const { icon: Icon, colour } = lookOf(part.type);
  if (ghost) return <div className={classes['ghost']} />;
  const handles = (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} className={classes['handle'] ?? ''} />
      {Array.from({ length: part.outputs }, (_, output) => (
        <Handle
          key={output}
          id={String(output)}
          type="source"
          position={Position.Right}
          isConnectable={false}
          className={classes['handle'] ?? ''}
          style={{ top: `${((output + 1) * 100) / (part.outputs + 1)}%` }}
        />
      ))}
    </>
  );
  const marks = { 'data-kind': part.kind, 'data-mark': part.mark, 'data-current': current };
  if (part.kind === 'junction')
    return (
      <div className={classes['part']} {...marks}>
        {handles}
      </div>
    );
  return (
    <div
      className={classes['part']}
      {...marks}
      title={`${part.type}: ${label}${part.mark === 'same' ? '' : `, ${part.mark}`}`}
    >
      {part.kind === 'node' && (
        <span className={classes['icon']} style={{ background: colour }}>
          <Icon size={14} aria-hidden="true" />
        </span>
      )}
      <span className={classes['label']}>{label}</span>
      {part.mark !== 'same' && part.kind !== 'group' && (
        <span className={classes['sign']} data-mark={part.mark}>
          <span aria-hidden="true">{SIGNS[part.mark]} </span>
          {part.mark}
        </span>
      )}
      {handles}
    </div>
  );
});
export const nodeTypes = { part: Part };

/** What one pane draws: one version, or both in one. */
export function drawn(
  sheet: Sheet,
  side: Side | 'together',
  onlyChanged: boolean,
): { readonly nodes: DrawnNode[]; readonly edges: Edge[] } {
  const wires = sheet.wires.filter(
    ({ mark }) => side === 'together' || mark === 'same' || mark === (side === 'before' ? 'removed' : 'added'),
  );
  const kept = onlyChanged ? around(sheet, wires) : null;
  const nodes: DrawnNode[] = [];
  const seen = new Set<string>();
  for (const part of sheet.nodes) {
    if (kept && !kept.has(part.id)) continue;
    const { before, after } = part.at;
    const box = side === 'together' ? (after ?? before) : part.at[side];
    if (!box) continue;
    seen.add(part.id);
    const isMoved = side === 'together' && before && after && part.states.has('moved');
    if (isMoved) nodes.push(node(`${part.id} ghost`, part, before, side, true));
    nodes.push(node(part.id, part, box, side, false));
  }
  const edges = wires
    .filter(({ from, to }) => seen.has(from) && seen.has(to))
    .map((wire): Edge => ({
      id: wire.id,
      source: wire.from,
      sourceHandle: String(wire.port),
      target: wire.to,
      className: classes[`wire-${wire.mark}`] ?? '',
      zIndex: wire.mark === 'same' ? 0 : 1,
    }));
  return { nodes, edges };
}

/** Changed parts and both ends of changed wires. */
function around(sheet: Sheet, wires: Sheet['wires']): ReadonlySet<string> {
  const kept = new Set(sheet.changes);
  for (const { from, to, mark } of wires) if (mark !== 'same') kept.add(from).add(to);
  return kept;
}

function node(id: string, part: PictureNode, box: Box, side: Side | 'together', ghost: boolean): DrawnNode {
  return {
    id,
    type: 'part',
    position: { x: box.x, y: box.y },
    // Known beforehand: what is not seen need not be measured.
    width: box.w,
    height: box.h,
    handles: ghost ? [] : handlesOf(part, box),
    zIndex: part.kind === 'group' ? -2 : ghost ? -1 : part.mark === 'same' ? 1 : 2,
    data: { part, label: part.labels[side === 'before' ? 'before' : 'after'], ghost, current: false },
  };
}

function handlesOf({ outputs }: PictureNode, { w, h }: Box): NodeHandle[] {
  const size = { width: 6, height: 6 };
  return [
    { type: 'target', position: Position.Left, x: -3, y: h / 2 - 3, ...size },
    ...Array.from({ length: outputs }, (_, i): NodeHandle => ({
      id: String(i),
      type: 'source',
      position: Position.Right,
      x: w - 3,
      y: ((i + 1) * h) / (outputs + 1) - 3,
      ...size,
    })),
  ];
}
