import type { DefinitionChoices } from '../choices.ts';
import { autoComplete, type EditorNode } from './red.ts';

/** Completes a name from the definition's files; the field stays free, so that it works before they exist. */
export function completeFromDefinition(field: HTMLInputElement, node: EditorNode): void {
  let known: readonly { readonly name: string; readonly title: string }[] = [];
  $.getJSON(`wardflow/choices/${encodeURIComponent(node.z)}`, (answer: DefinitionChoices) => {
    known = field.dataset['choices'] === 'ladders' ? answer.ladders : answer.rules;
  }).fail(() => undefined);
  autoComplete(field, {
    minLength: 0,
    search: (typed: string) =>
      known
        .filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(typed.toLowerCase()))
        .map(({ name, title }) => ({ value: name, label: title === '' ? name : `${name} (${title})` })),
  });
}
