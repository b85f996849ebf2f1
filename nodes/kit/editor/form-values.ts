/** What stands in an open form, as the node would be saved with it now. */
import type { NodeDeclaration } from '../properties.ts';
import type { ListField } from './lists.ts';
import type { EditorNode } from './red.ts';
import { tabsToLines } from './typed-inputs.ts';

export function formValues<P extends object>(
  node: EditorNode,
  declaration: NodeDeclaration<P>,
  prefix: string,
  lists: readonly ListField[],
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(declaration.properties)) {
    const field = document.getElementById(`${prefix}-${name}`);
    if (field instanceof HTMLInputElement && field.type === 'checkbox') values[name] = field.checked;
    else if (field instanceof HTMLInputElement) values[name] = typed(field);
    else if (field instanceof HTMLSelectElement) values[name] = field.value;
    else values[name] = node[name];
  }
  for (const { property, values: listed } of lists) values[property] = listed();
  return values;
}

function typed(field: HTMLInputElement): string {
  const { widget } = field.dataset;
  // Node-RED's widget hands its text on when it is left, which is too late to be live.
  const isWidget = widget === 'jsonata' || widget === 'typed';
  return isWidget ? tabsToLines($(field).typedInput('value')) : field.value;
}
