/**
 * Says below a field what its check finds wrong with it. Node-RED marks such a field red and says why in a tooltip alone,
 * which nobody sees who has no mouse; and in a part of the form that is folded away, it says nothing at all.
 */
import type { NodeDeclaration } from '../properties.ts';
import { chosen, problemOf } from './check.ts';
import { element } from './elements.ts';
import type { ListField } from './lists.ts';
import type { EditorNode } from './red.ts';

export interface FieldSentences {
  close(): void;
}

interface Place {
  /** Of the sentence. */
  readonly id: string;
  /** What stands in the form for the field. */
  readonly seen: Element;
}

/** `null`: a field that is never wrong, or says for itself what is. */
function placeOf(field: HTMLElement): (Place & { readonly value: string }) | null {
  if (!(field instanceof HTMLSelectElement || field instanceof HTMLInputElement)) return null;
  if (field.type === 'checkbox' || field.dataset['widget'] === 'hl7-path') return null;
  const widget = field.type === 'hidden' ? field.nextElementSibling?.querySelector('.red-ui-typedInput-input') : null;
  return { id: `${field.id}-problem`, seen: widget ?? field, value: field.value };
}

export function fieldSentences<P extends object>(
  form: HTMLElement,
  node: EditorNode,
  declaration: NodeDeclaration<P>,
  { prefix, lists }: { readonly prefix: string; readonly lists: readonly ListField[] },
): FieldSentences {
  const lines = new Map<string, HTMLElement>();
  const show = (name: string, place: Place, sentence: string | null): void => {
    lines.get(name)?.remove();
    lines.delete(name);
    const { id, seen } = place;
    if (sentence === null) {
      if (seen.getAttribute('aria-errormessage') === id)
        for (const attribute of ['aria-invalid', 'aria-errormessage']) seen.removeAttribute(attribute);
      return;
    }
    const row = seen.closest('.form-row');
    const label = row?.querySelector('label')?.textContent.trim() ?? '';
    const line = element('div', 'wardflow-hint wardflow-field-problem', `${label} ${sentence}.`.trimStart());
    line.id = id;
    seen.setAttribute('aria-invalid', 'true');
    seen.setAttribute('aria-errormessage', id);
    const hint = row?.querySelector('.wardflow-hint');
    if (hint) hint.before(line);
    else row?.append(line);
    const folded = line.closest('details');
    if (folded) folded.open = true;
    lines.set(name, line);
  };
  const judge = (): void => {
    for (const name of Object.keys(declaration.properties) as (keyof P & string)[]) {
      const field = document.getElementById(`${prefix}-${name}`);
      const place = field && form.contains(field) ? placeOf(field) : null;
      if (place) show(name, place, problemOf(declaration, name, node, chosen(place.value)));
    }
    for (const { property, values } of lists) {
      const list = form.querySelector(`ol[data-property="${CSS.escape(property)}"]`);
      // Steps say for themselves what is wrong with them.
      if (!list || list.matches('[data-widget="hl7-steps"]')) continue;
      const place = { id: `${prefix}-${property}-problem`, seen: list };
      show(property, place, problemOf(declaration, property as keyof P & string, node, values()));
    }
  };
  // Node-RED fills the form and hands a typed value on with this event, after our own listeners may have been called.
  let timer: number | undefined;
  const later = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(judge);
  };
  $(form).on('change input', later);
  later();
  // An entry that is taken out of a list tells nobody.
  const taken = new MutationObserver(later);
  for (const list of form.querySelectorAll('ol[data-property]')) taken.observe(list, { childList: true });
  return {
    close() {
      taken.disconnect();
      window.clearTimeout(timer);
      $(form).off('change input', later);
    },
  };
}
