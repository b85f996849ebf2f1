import '@xyflow/react/dist/style.css';
import { useComputedColorScheme } from '@mantine/core';
import { MiniMap, ReactFlow, type Viewport } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { ActionIcon } from '@mantine/core';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Box, Sheet, Side } from './flow-picture.ts';
import { drawn, nodeTypes, type DrawnNode } from './flow-drawn.tsx';
import classes from './flow-view.module.css';

export type CanvasMode = 'together' | 'slider' | 'side';

const ZOOM = { least: 0.08, most: 2, reading: 0.9, readable: 0.7 };
/** With more nodes there is a map of the whole beside it. */
const SMALL = 30;
const MARGIN = 40;
const CURRENT_COLOURS = {
  added: '--wf-ok',
  removed: '--wf-danger',
  changed: '--wf-warn',
  moved: '--wf-info',
  same: '--wf-line-strong',
};

/** The canvas, or two of them that move together. */
export function FlowCanvas({
  sheet,
  mode,
  onlyChanged,
  current,
  onPick,
}: {
  readonly sheet: Sheet;
  readonly mode: CanvasMode;
  readonly onlyChanged: boolean;
  readonly current: string | null;
  readonly onPick: (id: string) => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [viewport, setViewport] = useState<Viewport | null>(null);
  const [share, setShare] = useState(50);
  const large = sheet.nodes.length > SMALL;

  const size = useCallback((): { readonly w: number; readonly h: number } => {
    const { width = 0, height = 0 } = frame.current?.querySelector('[data-pane]')?.getBoundingClientRect() ?? {};
    return { w: width, h: height };
  }, []);
  const fit = useCallback((): void => setViewport(fitted(sheet, size())), [sheet, size]);
  useLayoutEffect(() => {
    const whole = fitted(sheet, size());
    // What would be too small to read begins at the change.
    setViewport(whole.zoom >= ZOOM.readable ? whole : centred(boxOf(sheet, current), size(), ZOOM.reading));
    // Only when another sheet or arrangement is shown; steps are followed below.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [sheet, mode]);
  useEffect(() => {
    const box = boxOf(sheet, current);
    setViewport((now) =>
      now === null || box === null || isSeen(box, now, size()) ? now : centred(box, size(), now.zoom),
    );
  }, [current, sheet, size]);
  const zoomBy = (factor: number): void =>
    setViewport((now) => {
      if (now === null) return now;
      const { w, h } = size();
      const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, now.zoom * factor));
      const ratio = zoom / now.zoom;
      return { zoom, x: w / 2 - (w / 2 - now.x) * ratio, y: h / 2 - (h / 2 - now.y) * ratio };
    });

  const pane = (side: Side | 'together') => (
    <Pane
      sheet={sheet}
      side={side}
      onlyChanged={onlyChanged}
      current={current}
      viewport={viewport}
      onViewport={setViewport}
      onPick={onPick}
      map={mode === 'together' && large}
    />
  );
  return (
    <figure
      ref={frame}
      className={classes['canvas']}
      data-mode={mode}
      aria-label="The flow as a picture; Files says the same in words"
    >
      {mode === 'together' && <div data-pane>{pane('together')}</div>}
      {mode === 'side' && (
        <>
          <div data-pane>
            <span className={classes['caption']}>Before</span>
            {pane('before')}
          </div>
          <div>
            <span className={classes['caption']}>After</span>
            {pane('after')}
          </div>
        </>
      )}
      {mode === 'slider' && (
        <div className={classes['stacked']} data-pane>
          <div style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }}>
            <span className={classes['caption']}>Before</span>
            {pane('before')}
          </div>
          <div style={{ clipPath: `inset(0 0 0 ${share}%)` }}>
            <span className={classes['caption']} data-right>
              After
            </span>
            {pane('after')}
          </div>
          <span className={classes['divider']} style={{ left: `${share}%` }} aria-hidden="true" />
        </div>
      )}
      {mode === 'slider' && (
        <input
          type="range"
          className={classes['slider']}
          aria-label="How much of the old version is seen"
          min={0}
          max={100}
          value={share}
          onChange={(event) => setShare(Number(event.currentTarget.value))}
        />
      )}
      <div className={classes['zoom']}>
        <ActionIcon variant="default" aria-label="Zoom in" onClick={() => zoomBy(1.25)}>
          <Plus size={14} />
        </ActionIcon>
        <ActionIcon variant="default" aria-label="Zoom out" onClick={() => zoomBy(0.8)}>
          <Minus size={14} />
        </ActionIcon>
        <ActionIcon variant="default" aria-label="Show the whole flow" onClick={fit}>
          <Maximize size={14} />
        </ActionIcon>
      </div>
    </figure>
  );
}

function Pane({
  sheet,
  side,
  onlyChanged,
  current,
  viewport,
  onViewport,
  onPick,
  map,
}: {
  readonly sheet: Sheet;
  readonly side: Side | 'together';
  readonly onlyChanged: boolean;
  readonly current: string | null;
  readonly viewport: Viewport | null;
  readonly onViewport: (viewport: Viewport) => void;
  readonly onPick: (id: string) => void;
  readonly map: boolean;
}) {
  const scheme = useComputedColorScheme();
  const { nodes, edges } = useMemo(() => drawn(sheet, side, onlyChanged), [sheet, side, onlyChanged]);
  const lit = useMemo(
    () =>
      nodes.map((node) =>
        node.data.part.id === current ? { ...node, data: { ...node.data, current: true }, zIndex: 5 } : node,
      ),
    [nodes, current],
  );
  return (
    <ReactFlow<DrawnNode>
      nodes={lit}
      edges={edges}
      nodeTypes={nodeTypes}
      colorMode={scheme}
      viewport={viewport ?? { x: 0, y: 0, zoom: 1 }}
      onViewportChange={onViewport}
      minZoom={ZOOM.least}
      maxZoom={ZOOM.most}
      onlyRenderVisibleElements
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      disableKeyboardA11y
      onNodeClick={(_event, { data }) => onPick(data.part.id)}
      proOptions={{ hideAttribution: true }}
    >
      {map && (
        <MiniMap<DrawnNode>
          pannable
          zoomable
          ariaLabel="The whole flow, small"
          nodeColor={({ data }) => `var(${CURRENT_COLOURS[data.part.mark]})`}
          nodeStrokeWidth={0}
        />
      )}
    </ReactFlow>
  );
}

function boxOf(sheet: Sheet, id: string | null): Box | null {
  const node = sheet.nodes.find((one) => one.id === id);
  return node ? (node.at.after ?? node.at.before) : null;
}

function isSeen(box: Box, { x, y, zoom }: Viewport, { w, h }: { readonly w: number; readonly h: number }): boolean {
  const [left, top] = [box.x * zoom + x, box.y * zoom + y];
  return left >= 0 && top >= 0 && left + box.w * zoom <= w && top + box.h * zoom <= h;
}

function centred(box: Box | null, { w, h }: { readonly w: number; readonly h: number }, zoom: number): Viewport {
  const { x, y, w: wide, h: high } = box ?? { x: 0, y: 0, w: 0, h: 0 };
  return { zoom, x: w / 2 - (x + wide / 2) * zoom, y: h / 2 - (y + high / 2) * zoom };
}

function fitted(sheet: Sheet, { w, h }: { readonly w: number; readonly h: number }): Viewport {
  const boxes = sheet.nodes.flatMap(({ at }) => [at.before, at.after].filter((box) => box !== null));
  if (boxes.length === 0 || w === 0) return { x: 0, y: 0, zoom: 1 };
  // No spreading into Math.min: there may be thousands.
  const left = boxes.reduce((least, { x }) => Math.min(least, x), Infinity);
  const top = boxes.reduce((least, { y }) => Math.min(least, y), Infinity);
  const right = boxes.reduce((most, { x, w: wide }) => Math.max(most, x + wide), -Infinity);
  const bottom = boxes.reduce((most, { y, h: high }) => Math.max(most, y + high), -Infinity);
  const zoom = Math.min(1.1, (w - MARGIN) / (right - left), (h - MARGIN) / (bottom - top));
  return centred({ x: left, y: top, w: right - left, h: bottom - top }, { w, h }, Math.max(ZOOM.least, zoom));
}
