/** The two globals of the Node-RED editor page. */
import type { EditorRED } from 'node-red';

declare global {
  const RED: EditorRED;
}

/** A node as the editor holds it. */
export interface EditorNode {
  readonly id: string;
  readonly z: string;
  outputs?: number;
  [property: string]: unknown;
}

/** A key of the node's own locale; the kit's sentences are under `kit.` in each. */
export type Translate = (key: string, values?: Readonly<Record<string, string>>) => string;

export function translate(node: EditorNode, key: string, values?: Readonly<Record<string, string>>): string {
  return (node['_'] as Translate)(key, values);
}

/** Id of the node whose form is open on top; our type package does not know the call. */
export function nodeBeingEdited(): string | undefined {
  const editor = RED.editor as unknown as { getEditStack?(): readonly { readonly id: string }[] };
  return editor.getEditStack?.().at(-1)?.id;
}

export interface Completion {
  readonly value: string;
  readonly label: string;
}

/** Node-RED's autoComplete widget, which our type package does not know. */
export function autoComplete(
  field: HTMLInputElement,
  options: { readonly minLength: number; readonly search: (typed: string) => readonly Completion[] },
): void {
  const widget = $(field) as unknown as { autoComplete(options: object): void };
  widget.autoComplete(options);
}

/** What Node-RED finds wrong with a JSONata expression; `undefined` when it can be read. */
export function syntaxProblem(expression: string): string | undefined {
  const utils = RED.utils as unknown as {
    validateTypedProperty(value: string, kind: string, options: object): boolean | string;
  };
  const answer = utils.validateTypedProperty(expression, 'jsonata', {});
  return answer === true ? undefined : answer || 'JSONata';
}

/** Whether the person may change flows here; our type package does not know the call. */
export function mayWriteFlows(): boolean {
  const { user } = RED as unknown as { readonly user?: { hasPermission?(scope: string): boolean } };
  return user?.hasPermission?.('flows.write') ?? true;
}
