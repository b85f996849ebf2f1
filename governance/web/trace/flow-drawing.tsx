import '@xyflow/react/dist/style.css';
import { useComputedColorScheme } from '@mantine/core';
import { Controls, Handle, MarkerType, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react';
import { memo, useMemo } from 'react';
import type { FlowNode, WorkView } from '../../api/runtime-shapes.ts';
import { duration } from '../time/duration.ts';
import classes from './flow-drawing.module.css';
import { flowGraph, inColumns, type GraphNode } from './flow-graph.ts';
import { lookOf } from './node-looks.ts';

const WIDTH = 180;
const HEIGHT = 38;

type StepNode = Node<GraphNode & Record<string, unknown>, 'step'>;

const Step = memo(function Step({ data }: NodeProps<StepNode>) {
  const { icon: Icon, colour } = lookOf(data.type);
  return (
    <div className={classes['node']} data-state={data.state} title={`${data.type}: ${data.name}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} className={classes['handle'] ?? ''} />
      <span className={classes['icon']} style={{ background: colour }}>
        <Icon size={15} aria-hidden="true" />
      </span>
      <span className={classes['label']}>{data.name}</span>
      {data.state !== 'untouched' && (
        <span className={classes['time']}>
          {data.state === 'failed' ? 'failed' : data.ms === null ? '' : duration(data.ms)}
        </span>
      )}
      {Array.from({ length: data.outputs }, (_, output) => (
        <Handle
          key={output}
          id={String(output)}
          type="source"
          position={Position.Right}
          isConnectable={false}
          className={classes['handle'] ?? ''}
          style={{ top: `${((output + 1) * 100) / (data.outputs + 1)}%` }}
        />
      ))}
    </div>
  );
});
const nodeTypes = { step: Step };

/** The flow with the way the message took. The table of steps says the same in words. */
export default function FlowDrawing({
  flow,
  work,
}: {
  readonly flow: readonly FlowNode[];
  readonly work: readonly WorkView[];
}) {
  const scheme = useComputedColorScheme();
  const { nodes, edges } = useMemo(() => draw(flow, work), [flow, work]);
  const height = useMemo(() => {
    const ys = nodes.map((node) => node.position.y);
    return Math.max(180, Math.min(560, Math.max(...ys) - Math.min(...ys) + 96));
  }, [nodes]);
  return (
    <figure
      className={classes['canvas']}
      style={{ height }}
      aria-label="The flow, with the way this message took; the steps below say the same"
    >
      <ReactFlow<StepNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        fitView
        fitViewOptions={{ padding: 0.04, maxZoom: 1.1, minZoom: 0.45 }}
        minZoom={0.3}
        maxZoom={1.6}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} position="bottom-right" />
      </ReactFlow>
    </figure>
  );
}

function draw(flow: readonly FlowNode[], work: readonly WorkView[]): { nodes: StepNode[]; edges: Edge[] } {
  const graph = inColumns(flowGraph(flow, work), WIDTH, HEIGHT);
  const failed = new Set(graph.nodes.filter((node) => node.state === 'failed').map((node) => node.id));
  const nodes = graph.nodes.map((node): StepNode => ({
    id: node.id,
    type: 'step',
    position: { x: node.x - WIDTH / 2, y: node.y - HEIGHT / 2 },
    data: { ...node },
    initialWidth: WIDTH,
    initialHeight: HEIGHT,
  }));
  const edges = graph.wires.map((wire): Edge => {
    const taken = wire.count > 0 ? (failed.has(wire.to) ? 'failed' : 'taken') : 'untaken';
    return {
      id: wire.id,
      source: wire.from,
      sourceHandle: String(wire.output),
      target: wire.to,
      className: classes[taken] ?? '',
      zIndex: taken === 'untaken' ? 0 : 1,
      ...(wire.count > 1 ? { label: String(wire.count) } : {}),
      ...(taken === 'untaken'
        ? {}
        : {
            markerEnd: {
              type: MarkerType.ArrowClosed,
              color: taken === 'failed' ? 'var(--wf-danger)' : 'var(--wf-ok)',
            },
          }),
    };
  });
  return { nodes, edges };
}
