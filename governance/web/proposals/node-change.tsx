import { MousePointerClick } from 'lucide-react';
import { nodeStates, type FlowNode, type Wire } from '../../diff/index.ts';
import type { ComparedFlow } from './compared.ts';
import { anchors } from './discussion.ts';
import { wholeNode } from './files-view.tsx';
import { markOf, type Sheet } from './flow-picture.ts';
import classes from './flow-view.module.css';
import { leavesBetween, PropertyDiff } from './property-diff.tsx';
import { Thread } from './thread.tsx';

/** What became of one node: its properties, its wires, its place. */
export function NodeChange({
  flow: { definition, file, before, after, diff },
  sheet,
  id,
}: {
  readonly flow: ComparedFlow;
  readonly sheet: Sheet;
  readonly id: string | null;
}) {
  const shown = sheet.nodes.find((node) => node.id === id);
  if (id === null || !shown || !diff)
    return (
      <p className={classes['empty']}>
        <MousePointerClick size={16} aria-hidden="true" /> Choose a node, or step through the changes with j and k.
      </p>
    );
  const place = { definition, file, anchor: null };
  const was = diff.newIds.find((one) => one.after === id)?.before;
  const node = diff.nodes.find((one) => one.id === id);
  const removed = diff.removed.find(({ item }) => item.id === id || `${item.id} (before)` === id)?.item;
  const added = diff.added.find(({ item }) => item.id === id)?.item;
  const mark = markOf(nodeStates(diff).get(id) ?? new Set());
  const label = shown.labels.after;
  const name = (other: string): string => nameOf(other, after) ?? nameOf(other, before) ?? other;
  const leaves = node
    ? [...node.changed, ...node.renamed].flatMap((one) => leavesBetween(one.property, one.before, one.after))
    : shown.mark === 'added' && added
      ? wholeNode(added, 'after')
      : shown.mark === 'removed' && removed
        ? wholeNode(removed, 'before')
        : [];
  return (
    <>
      <div className={classes['node-head']}>
        <h3>{label}</h3>
        <span className="dim">{shown.type}</span>
        <span className={classes['badge']} data-mark={shown.mark}>
          {shown.mark === 'same' ? 'unchanged' : shown.mark}
        </span>
        {shown.mark !== 'same' && (
          <Thread place={{ ...place, anchor: anchors.node(removed?.id ?? id) }} what={`node ${label}`} />
        )}
      </div>
      {leaves.length > 0 && (
        <PropertyDiff
          key={id}
          leaves={leaves}
          place={place}
          anchorOf={(path) => anchors.node(removed?.id ?? id, path.join('/'))}
        />
      )}
      {node && node.cut.length + node.laid.length > 0 && (
        <ul className={classes['wires']}>
          {node.cut.map((wire) => (
            <li key={`cut ${wire.port} ${wire.to}`} data-mark="removed">
              Wire removed: {wireWords(wire, name)}
            </li>
          ))}
          {node.laid.map((wire) => (
            <li key={`laid ${wire.port} ${wire.to}`} data-mark="added">
              Wire added: {wireWords(wire, name)}
            </li>
          ))}
        </ul>
      )}
      {node && node.rewired.length > 0 && node.cut.length + node.laid.length === 0 && (
        <p>Only the order of its wires is another.</p>
      )}
      {was !== undefined && (
        <p className="dim">
          It was deleted and made anew: its id was <code>{was}</code>.
        </p>
      )}
      {mark === 'moved' && <p>It only stands elsewhere; what it does is the same.</p>}
      {node && mark !== 'moved' && node.moved.length > 0 && <p className="dim">It stands elsewhere, too.</p>}
      {shown.mark === 'same' && <p className="dim">Nothing about it differs.</p>}
    </>
  );
}

const wireWords = ({ port, to }: Wire, name: (id: string) => string): string =>
  `from output ${port + 1} to “${name(to)}”`;

function nameOf(id: string, nodes: readonly FlowNode[]): string | null {
  const node = nodes.find((one) => one.id === id);
  if (!node) return null;
  const name = node['name'] ?? node['label'];
  return typeof name === 'string' && name !== '' ? name : node.type;
}
