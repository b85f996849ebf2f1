/** The list of steps in the form of `fhir write`: what to do, at which element, with which value. */
import { PATCH_STEPS, type PatchStep } from '../../fhir-write/patch-step.ts';
import type { ListField } from './lists.ts';
import { translate, type EditorNode } from './red.ts';
import { stepKeys, type StepKeys } from './step-keys.ts';
import { linesToTabs, nameExpand, rowTypes, tabsToLines } from './typed-inputs.ts';

interface Row {
  step?: PatchStep;
}

const NEW: PatchStep = { do: 'set', path: '', value: '', kind: 'jsonata' };
const KINDS = ['jsonata', 'fhirpath', 'msg', 'str'] as const;

export function patchStepList(list: HTMLOListElement, node: EditorNode): ListField {
  const property = list.dataset['property'] ?? '';
  const say: StepKeys['say'] = (key, values) => translate(node, `kit.patch.${key}`, values);
  const rows = new Map<Element, () => PatchStep>();
  const inOrder = (): readonly Element[] => [...list.querySelectorAll('.wardflow-step')];
  const changed = (): void => void $(list).trigger('change');
  const number = (): void => {
    for (const [at, row] of inOrder().entries()) {
      const place = row.querySelector('.wardflow-step-number');
      if (place) place.textContent = `${at + 1}.`;
      stepKeys(row, { at: at + 1, say, moved });
    }
  };
  const moved = (): void => {
    number();
    changed();
  };
  const widget = $(list).editableList<Row>({
    addItem(container, _index, row) {
      const element = $(container).addClass('wardflow-step')[0];
      if (!(element instanceof HTMLElement)) return;
      rows.set(element, drawRow(element, row.step ?? NEW, say, changed));
      nameExpand(element, node);
      number();
      if (!row.step) element.querySelector<HTMLElement>('.wardflow-step-path')?.focus();
    },
    removeItem: () => moved(),
    sortItems: () => moved(),
    addButton: say('add-step'),
    removable: true,
    sortable: true,
    height: 'auto',
  });
  const saved = node[property];
  for (const step of Array.isArray(saved) ? (saved as PatchStep[]) : []) widget.editableList('addItem', { step });
  return { property, values: () => inOrder().flatMap((row) => rows.get(row)?.() ?? []) };
}

function drawRow(
  container: HTMLElement,
  step: PatchStep,
  say: (key: string) => string,
  changed: () => void,
): () => PatchStep {
  const head = $('<div class="wardflow-step-head">').appendTo(container);
  $('<span class="wardflow-step-number" aria-hidden="true">').appendTo(head);
  const kind = $('<select class="wardflow-step-do">').attr('aria-label', say('do')).appendTo(head);
  for (const one of PATCH_STEPS) $('<option>').val(one).text(say(one)).appendTo(kind);
  kind.val(step.do);
  const path = $('<input type="text" class="wardflow-step-path" spellcheck="false" autocomplete="off">')
    .attr({ 'aria-label': say('path'), placeholder: 'status', 'data-fhir': 'element' })
    .val(step.path)
    .appendTo(head);
  const line = $('<div class="wardflow-step-line">').appendTo(container);
  const value = $('<input type="text" class="wardflow-step-value">')
    .attr('aria-label', say('value'))
    .val(linesToTabs(step.value))
    .appendTo(line);
  value.typedInput({ default: step.kind, types: rowTypes(KINDS) });
  value.typedInput('type', step.kind);
  value.typedInput('width', '100%');
  const now = (): PatchStep['do'] => PATCH_STEPS.find((one) => one === kind.val()) ?? 'set';
  const lay = (): void => void line.toggle(now() !== 'remove');
  kind.on('change', () => {
    lay();
    changed();
  });
  path.on('input change', changed);
  value.on('change', changed);
  lay();
  return () => ({
    do: now(),
    path: textIn(path),
    value: tabsToLines(value.typedInput('value')),
    kind: KINDS.find((one) => one === value.typedInput('type')) ?? 'jsonata',
  });
}

function textIn(field: JQuery): string {
  const value = field.val();
  return typeof value === 'string' ? value.trim() : '';
}
