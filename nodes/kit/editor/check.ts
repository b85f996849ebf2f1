import type { NodeDeclaration } from '../properties.ts';
import { nodeBeingEdited, translate, type EditorNode } from './red.ts';

/** The check of a property in the form that Node-RED asks for: `true`, or the sentence that says what is wrong. */
export function checkOf<P extends object>(
  declaration: NodeDeclaration<P>,
  name: keyof P & string,
): (this: EditorNode, value: unknown, options?: object) => boolean | string {
  // Two parameters: with one, Node-RED takes a sentence for "right".
  return function validate(this: EditorNode, value, _options) {
    const problem = declaration.properties[name].check?.(value as P[typeof name], currentValues(this, declaration));
    return problem ? translate(this, problem) : true;
  };
}

/**
 * The node's values, as typed so far where its form is open: what one field needs may depend on another that has not
 * been saved yet.
 */
function currentValues<P extends object>(node: EditorNode, declaration: NodeDeclaration<P>): P {
  const values: Record<string, unknown> = {};
  const open = nodeBeingEdited() === node.id;
  for (const name of Object.keys(declaration.properties)) {
    const field = open ? document.getElementById(`node-input-${name}`) : null;
    values[name] = field instanceof HTMLSelectElement || isTextField(field) ? field.value : node[name];
  }
  return values as P;
}

function isTextField(field: Element | null): field is HTMLInputElement {
  return field instanceof HTMLInputElement && field.type !== 'checkbox';
}
