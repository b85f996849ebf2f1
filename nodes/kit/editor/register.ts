/** Registers a node in the editor from its declaration: defaults, checks, label and ports come from there. */
import type { NodeDeclaration } from '../properties.ts';
import { checkOf } from './check.ts';
import { closeForm, openForm, saveForm } from './form.ts';
import type { EditorNode } from './red.ts';
import { translate } from './red.ts';

export interface EditorLooks<P> {
  /** Colours group the palette: sources, the message itself, decisions, outside systems, people, endings. */
  readonly group: keyof typeof COLOURS;
  readonly icon: string;
  readonly inputs: 0 | 1;
  /** `most`: Node-RED cuts off wires beyond this number when it loads a flow. */
  readonly outputs: number | { readonly most: number; readonly of: (values: P) => number };
  /** What the canvas shows where no name was given: made from the values, so that it cannot go stale. */
  readonly label: (values: P) => string;
  /** Locale keys of the ports (`port.…`), or what they are called everywhere, by number of outputs. */
  readonly ports?: (values: P) => readonly string[];
}

const COLOURS = {
  source: '#7fc4b8',
  message: '#a9cbe6',
  decision: '#b8c7ea',
  outside: '#e9bd94',
  people: '#e6afc0',
  ending: '#c3d6a4',
} as const;

const CATEGORY = 'Wardflow';

export function registerEditorNode<P extends object>(declaration: NodeDeclaration<P>, looks: EditorLooks<P>): void {
  const values = (node: EditorNode): P => node as unknown as P;
  const outputs = (node: EditorNode): number =>
    typeof looks.outputs === 'number' ? looks.outputs : looks.outputs.of(values(node));
  register(declaration, {
    category: CATEGORY,
    color: COLOURS[looks.group],
    icon: looks.icon,
    inputs: looks.inputs,
    outputs: typeof looks.outputs === 'number' ? looks.outputs : looks.outputs.most,
    label(this: EditorNode) {
      return text(this['name']) || looks.label(values(this)) || declaration.type;
    },
    labelStyle(this: EditorNode) {
      return text(this['name']) === '' ? '' : 'node_label_italic';
    },
    outputLabels(this: EditorNode, index: number) {
      const key = looks.ports?.(values(this))[index];
      return key?.startsWith('port.') ? translate(this, key) : key;
    },
    oneditprepare(this: EditorNode) {
      openForm(this, declaration, 'node-input');
    },
    oneditsave(this: EditorNode) {
      saveForm(this, declaration, 'node-input');
      this.outputs = outputs(this);
    },
    oneditcancel(this: EditorNode) {
      closeForm(this);
    },
    oneditdelete(this: EditorNode) {
      closeForm(this);
    },
  });
  // Not kept in flow.json: the number of outputs follows from the settings alone. `onadd` is not called for flows loaded.
  RED.events.on('nodes:add', (node: EditorNode & { readonly type?: string }) => {
    if (node.type === declaration.type) node.outputs = outputs(node);
  });
}

export function registerEditorConfigNode<P extends object>(
  declaration: NodeDeclaration<P>,
  looks: { readonly label: (values: P) => string },
): void {
  register(declaration, {
    category: 'config',
    label(this: EditorNode) {
      return looks.label(this as unknown as P) || declaration.type;
    },
    oneditprepare(this: EditorNode) {
      openForm(this, declaration, 'node-config-input');
    },
    oneditsave(this: EditorNode) {
      saveForm(this, declaration, 'node-config-input');
    },
    oneditcancel(this: EditorNode) {
      closeForm(this);
    },
    oneditdelete(this: EditorNode) {
      closeForm(this);
    },
  });
}

function register<P extends object>(declaration: NodeDeclaration<P>, definition: object): void {
  const defaults: Record<string, object> = {};
  for (const name of Object.keys(declaration.properties) as (keyof P & string)[]) {
    const { value, configNode, check } = declaration.properties[name];
    defaults[name] = {
      value,
      ...(configNode === undefined ? {} : { type: configNode, required: check !== undefined }),
      // A config node is checked by the editor itself: it knows whether that one is set up.
      ...(configNode === undefined ? { validate: checkOf(declaration, name) } : {}),
    };
  }
  RED.nodes.registerType(declaration.type, { ...definition, defaults } as never);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
