import type { NodeDeclaration } from '../properties.ts';
import { nodeBeingEdited, syntaxProblem, translate, type EditorNode } from './red.ts';

/** The check of a property in the form that Node-RED asks for: `true`, or the sentence that says what is wrong. */
export function checkOf<P extends object>(
  declaration: NodeDeclaration<P>,
  name: keyof P & string,
): (this: EditorNode, value: unknown, options?: object) => boolean | string {
  const { check, expression, value: initial } = declaration.properties[name];
  // Two parameters: with one, Node-RED takes a sentence for "right".
  return function validate(this: EditorNode, value, _options) {
    const values = currentValues(this, declaration);
    // Saved before the setting existed: the runtime takes it as at first.
    const problem = check?.(value === undefined ? initial : (value as P[typeof name]), values);
    if (problem) return translate(this, problem);
    const isExpression = expression === 'always' || (expression !== undefined && values[expression] === 'jsonata');
    return (isExpression && typeof value === 'string' && value !== '' && syntaxProblem(value)) || true;
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
    values[name] = field instanceof HTMLSelectElement || isTextField(field) ? chosen(field.value) : node[name];
  }
  return values as P;
}

/** Node-RED's value for "no config node" while a form is open. */
const chosen = (value: string): string => (value === '_ADD_' ? '' : value);

function isTextField(field: Element | null): field is HTMLInputElement {
  return field instanceof HTMLInputElement && field.type !== 'checkbox';
}
