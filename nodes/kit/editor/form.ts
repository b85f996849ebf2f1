/**
 * Makes a form work from what its HTML says, with Node-RED's own widgets:
 *
 *     <input data-widget="jsonata">                      an expression, with the expression editor
 *     <input data-widget="typed" data-kind="textKind">   text, message property or expression; `data-kinds` limits them
 *     <input data-widget="identity">                     follows the name until it is typed over
 *     <input data-widget="choices" data-choices="rules"> completes from the definition's rule tables or ladders
 *     <ol data-widget="texts" data-property="types">     a list of texts;  `named` for names with values
 *     <ol data-widget="hl7-steps" data-property="steps"> steps that change a message
 *     <div data-when="operation=update">                 shown only then
 *     <div class="wardflow-more">                        folded away until asked for
 */
import type { NodeDeclaration } from '../properties.ts';
import { completeFromDefinition } from './choices.ts';
import { stepList } from './hl7-steps.ts';
import { followName } from './identity.ts';
import { namedList, textList, type ListField } from './lists.ts';
import type { EditorNode } from './red.ts';
import { jsonataInput, keepLines, typedInput } from './typed-inputs.ts';
import { watchConditions } from './when.ts';

let lists: readonly ListField[] = [];

const LISTS: Readonly<Record<string, typeof textList>> = { named: namedList, 'hl7-steps': stepList };

export function openForm<P extends object>(node: EditorNode, _declaration: NodeDeclaration<P>, prefix: string): void {
  const form = formOf(prefix);
  if (!form) return;
  for (const input of form.querySelectorAll<HTMLInputElement>('input[data-widget]')) {
    switch (input.dataset['widget']) {
      case 'jsonata':
        jsonataInput(input, node, prefix);
        break;
      case 'typed':
        typedInput(input, node, prefix);
        break;
      case 'identity':
        followName(input, prefix);
        break;
      case 'choices':
        completeFromDefinition(input, node);
        break;
      default:
        break;
    }
  }
  lists = [...form.querySelectorAll<HTMLOListElement>('ol[data-widget]')].map((list) =>
    (LISTS[list.dataset['widget'] ?? ''] ?? textList)(list, node),
  );
  watchConditions(form, prefix);
}

/** Lists and numbers are not what Node-RED reads out of a form by itself. */
export function saveForm<P extends object>(node: EditorNode, declaration: NodeDeclaration<P>, prefix: string): void {
  for (const { property, values } of lists) node[property] = values();
  for (const [name, { value }] of Object.entries<{ readonly value: unknown }>(declaration.properties)) {
    const field = document.getElementById(`${prefix}-${name}`);
    if (typeof value !== 'number' || !(field instanceof HTMLInputElement)) continue;
    const typed = field.value.trim();
    // Node-RED copies the field's text after this; the number must be what it finds.
    if (typed !== '' && Number.isFinite(Number(typed))) node[name] = Number(typed);
  }
  for (const field of formOf(prefix)?.querySelectorAll<HTMLInputElement>('input[data-widget]') ?? []) {
    const { widget } = field.dataset;
    if (widget === 'jsonata' || widget === 'typed') keepLines(field, node[field.id.slice(prefix.length + 1)]);
  }
  lists = [];
}

function formOf(prefix: string): Element | null {
  const forms = document.querySelectorAll(prefix === 'node-input' ? '#dialog-form' : '#node-config-dialog-edit-form');
  return forms.item(forms.length - 1);
}
