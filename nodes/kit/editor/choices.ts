import type { DefinitionChoices } from '../choices.ts';
import { autoComplete, type Completion, type EditorNode } from './red.ts';

/** Completes a name from the definition's files; the field stays free, so that it works before they exist. */
export function completeFromDefinition(field: HTMLInputElement, node: EditorNode): void {
  autoComplete(field, { minLength: 0, search: definitionNames(field, node) });
}

/** The rule tables, ladders or checklists (`data-choices`) of the definition on the node's tab, as a search over what is typed. */
export function definitionNames(field: HTMLInputElement, node: EditorNode): (typed: string) => readonly Completion[] {
  let known: DefinitionChoices['rules'] = [];
  $.getJSON(`wardflow/choices/${encodeURIComponent(node.z)}`, (answer: DefinitionChoices) => {
    const what = field.dataset['choices'];
    known = what === 'ladders' || what === 'alerts' || what === 'checklists' ? answer[what] : answer.rules;
  }).fail(() => undefined);
  return (typed) =>
    known
      .filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(typed.toLowerCase()))
      .map(({ name, title }) => ({ value: name, label: title === '' ? name : `${name} (${title})` }));
}
