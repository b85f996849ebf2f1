import { Button, SegmentedControl, Select, Switch } from '@mantine/core';
import { ChevronLeft, ChevronRight, Workflow } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { EmptyState } from '../feedback/empty-state.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { changeCount, type ComparedFlow } from './compared.ts';
import { FlowCanvas, type CanvasMode } from './flow-canvas.tsx';
import { sheetsOf, type Sheet } from './flow-picture.ts';
import classes from './flow-view.module.css';
import { NodeChange } from './node-change.tsx';

const MODES: readonly { readonly value: CanvasMode; readonly label: string }[] = [
  { value: 'together', label: 'In one' },
  { value: 'slider', label: 'Before | after' },
  { value: 'side', label: 'Side by side' },
];

/** The flow as a picture with what became of each node; step through the changes with j and k. */
export default function FlowView({ flows }: { readonly flows: readonly ComparedFlow[] }) {
  const [query] = useSearchParams();
  const wanted = flows.find(
    ({ definition, file }) => definition === query.get('definition') && file === query.get('file'),
  );
  const flow = wanted ?? flows[0];
  if (!flow || changeCount(flow.diff) === 0)
    return (
      <section className="panel">
        <EmptyState icon={Workflow} title="No flow changes">
          The nodes and wires stay as they are; what changes is under Rules and Files.
        </EmptyState>
      </section>
    );
  return <ShownFlow key={`${flow.definition} ${flow.file}`} flow={flow} flows={flows} />;
}

function ShownFlow({ flow, flows }: { readonly flow: ComparedFlow; readonly flows: readonly ComparedFlow[] }) {
  const [query, setQuery] = useSearchParams();
  const [mode, setMode] = useState<CanvasMode>('together');
  const [onlyChanged, setOnlyChanged] = useState(false);
  const sheets = useMemo(() => sheetsOf(flow), [flow]);
  const steps = useMemo(() => sheets.flatMap((sheet) => sheet.changes.map((id) => ({ sheet, id }))), [sheets]);

  const node = query.get('node');
  const at = steps.findIndex(({ id }) => id === node);
  const holding = sheets.find((one) => node !== null && one.nodes.some(({ id }) => id === node));
  const sheet: Sheet | undefined = holding ?? sheets.find(({ id }) => id === query.get('sheet')) ?? sheets[0];
  const current = holding ? node : (sheet?.changes[0] ?? null);
  const here = at < 0 ? steps.findIndex(({ id }) => id === current) : at;

  const go = (values: Readonly<Record<string, string | null>>): void =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        next.set('definition', flow.definition);
        next.set('file', flow.file);
        for (const [key, value] of Object.entries(values))
          if (value === null) next.delete(key);
          else next.set(key, value);
        return next;
      },
      { replace: true },
    );
  const step = (by: number): void => {
    const next = steps[Math.max(0, Math.min(steps.length - 1, here + by))];
    if (next) go({ node: next.id, sheet: next.sheet.id });
  };
  useShortcuts('Flow', [
    { keys: 'j', what: 'Next change', run: () => step(1) },
    { keys: 'k', what: 'Previous change', run: () => step(-1) },
    { keys: 'c', what: 'Only what changed', run: () => setOnlyChanged(!onlyChanged) },
  ]);
  if (!sheet) return null;
  return (
    <section className={`panel ${classes['view']}`} aria-label="The flow, before and after">
      <div className={classes['bar']}>
        {flows.length > 1 && (
          <Select
            aria-label="Flow"
            className={classes['choose'] ?? ''}
            data={flows.map(({ definition, file, diff }) => ({
              value: `${definition}\n${file}`,
              label: `${definition}/${file} (${changeCount(diff)})`,
            }))}
            value={`${flow.definition}\n${flow.file}`}
            allowDeselect={false}
            onChange={(value) => {
              const [definition = '', file = ''] = value?.split('\n') ?? [];
              go({ definition, file, sheet: null, node: null });
            }}
          />
        )}
        {sheets.length > 1 && (
          <Select
            aria-label="Sheet"
            className={classes['choose'] ?? ''}
            data={sheets.map(({ id, kind, label, changes }) => ({
              value: id,
              label: `${kind === 'subflow' ? 'Subflow: ' : ''}${label} (${changes.length})`,
            }))}
            value={sheet.id}
            allowDeselect={false}
            onChange={(value) => go({ sheet: value, node: null })}
          />
        )}
        <SegmentedControl
          size="xs"
          aria-label="How the versions are shown"
          data={MODES.map((one) => ({ ...one }))}
          value={mode}
          onChange={(value) => setMode(MODES.find((one) => one.value === value)?.value ?? 'together')}
        />
        <Switch
          size="xs"
          label="Only what changed"
          checked={onlyChanged}
          onChange={(event) => setOnlyChanged(event.currentTarget.checked)}
        />
        <span className={classes['steps']}>
          <Button
            variant="default"
            leftSection={<ChevronLeft size={14} aria-hidden="true" />}
            disabled={here <= 0}
            onClick={() => step(-1)}
          >
            Prev
          </Button>
          <span role="status">
            {here < 0 ? '–' : here + 1} of {steps.length}
          </span>
          <Button
            variant="default"
            rightSection={<ChevronRight size={14} aria-hidden="true" />}
            disabled={here >= steps.length - 1}
            onClick={() => step(1)}
          >
            Next
          </Button>
        </span>
      </div>
      <div className={classes['both']}>
        <FlowCanvas
          key={sheet.id}
          sheet={sheet}
          mode={mode}
          onlyChanged={onlyChanged}
          current={current}
          onPick={(id) => go({ node: id, sheet: sheet.id })}
        />
        <aside className={classes['aside']} aria-label="What changed in the node">
          <NodeChange flow={flow} sheet={sheet} id={current} />
        </aside>
      </div>
      <ul className={classes['legend']}>
        {(['added', 'removed', 'changed', 'moved'] as const).map((mark) => (
          <li key={mark} data-mark={mark}>
            <span aria-hidden="true" />
            {mark}
          </li>
        ))}
      </ul>
    </section>
  );
}
