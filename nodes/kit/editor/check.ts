import type { NodeDeclaration } from '../properties.ts';
import { nodeBeingEdited, syntaxProblem, translate, type EditorNode } from './red.ts';

/** The check of a property in the form that Node-RED asks for: `true`, or the sentence that says what is wrong. */
export function checkOf<P extends object>(
  declaration: NodeDeclaration<P>,
  name: keyof P & string,
): (this: EditorNode, value: unknown, options?: object) => boolean | string {
  const { expression } = declaration.properties[name];
  // Two parameters: with one, Node-RED takes a sentence for "right".
  return function validate(this: EditorNode, value, _options) {
    const problem = problemOf(declaration, name, this, value);
    if (problem !== null) return problem;
    const values = currentValues(this, declaration);
    const isExpression = expression === 'always' || (expression !== undefined && values[expression] === 'jsonata');
    return (isExpression && typeof value === 'string' && value !== '' && syntaxProblem(value)) || true;
  };
}

/** What the property's own check says of the value, in words; `null`: nothing. */
export function problemOf<P extends object>(
  declaration: NodeDeclaration<P>,
  name: keyof P & string,
  node: EditorNode,
  value: unknown,
): string | null {
  const { check, value: initial } = declaration.properties[name];
  // Saved before the setting existed: the runtime takes it as at first.
  const given = value === undefined ? initial : (value as P[typeof name]);
  const problem = check?.(given, currentValues(node, declaration));
  return problem ? translate(node, problem) : null;
}

/**
 * The node's values, as typed so far where its form is open: what one field needs may depend on another that has not
 * been saved yet.
 */
function currentValues<P extends object>(node: EditorNode, declaration: NodeDeclaration<P>): P {
  const values: Record<string, unknown> = {};
  const open = nodeBeingEdited() === node.id;
  const { category } = (node['_def'] ?? {}) as { readonly category?: string };
  const prefix = category === 'config' ? 'node-config-input' : 'node-input';
  for (const name of Object.keys(declaration.properties)) {
    const saved = node[name] === undefined ? declaration.properties[name as keyof P & string].value : node[name];
    const field = open ? document.getElementById(`${prefix}-${name}`) : null;
    values[name] = field instanceof HTMLSelectElement || isTextField(field) ? chosen(field.value) : saved;
  }
  return values as P;
}

/** Node-RED's value for "no config node" while a form is open. */
export const chosen = (value: string): string => (value === '_ADD_' ? '' : value);

function isTextField(field: Element | null): field is HTMLInputElement {
  return field instanceof HTMLInputElement && field.type !== 'checkbox';
}
