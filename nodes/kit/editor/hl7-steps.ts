/** The list of steps in the forms of `hl7 edit` and `hl7 build`: Node-RED's editableList, each row with what its step needs. */
import { NEW_STEP, STEP_KINDS, STEP_VALUES, stepProblems, type Step, type StepKind } from '../hl7-steps/steps.ts';
import { pathField } from './hl7-path-field.ts';
import type { ListField } from './lists.ts';
import { shownVersion } from './preview-section.ts';
import { stepKeys, type StepKeys } from './step-keys.ts';
import { syntaxProblem, translate, type EditorNode } from './red.ts';
import { linesToTabs, nameExpand, rowTypes, tabsToLines } from './typed-inputs.ts';

interface Row {
  step?: Step;
}

const TAKES_VALUE: ReadonlySet<StepKind> = new Set(['set', 'raw']);

export function stepList(list: HTMLOListElement, node: EditorNode): ListField {
  const property = list.dataset['property'] ?? '';
  const say: StepKeys['say'] = (key, values) => translate(node, `kit.steps.${key}`, values);
  const rows = new Map<HTMLElement, RowFields>();
  const inOrder = (): readonly RowFields[] =>
    [...list.querySelectorAll<HTMLElement>('.wardflow-step')].flatMap((element) => rows.get(element) ?? []);
  const judge = (): void => {
    const all = inOrder();
    const found = stepProblems(all.map((row) => row.read()));
    for (const [at, row] of all.entries()) {
      const problem = found.find(({ step }) => step === at);
      row.show(problem && { field: problem.field, sentence: say(`problem.${problem.key.split('.').at(-1) ?? ''}`) });
    }
    list.dispatchEvent(new CustomEvent('wardflow-steps', { bubbles: true }));
  };
  const widget = $(list).editableList<Row>({
    addItem(container, _index, row) {
      const element = $(container).addClass('wardflow-step')[0];
      if (!(element instanceof HTMLElement)) return;
      const fields = drawRow(element, row.step ?? NEW_STEP, say, judge);
      nameExpand(element, node);
      for (const input of element.querySelectorAll<HTMLInputElement>('.wardflow-step-path')) {
        const note = element.querySelector<HTMLElement>('.wardflow-step-name');
        pathField(input, { node, pattern: true, version: shownVersion, ...(note && { note }) });
      }
      rows.set(element, fields);
      number();
      // Not while the form opens: a row that somebody adds is one that they go on to fill.
      if (!row.step) {
        judge();
        fields.focus();
      }
    },
    removeItem() {
      moved();
      if (document.activeElement === document.body) inOrder().at(-1)?.focus();
    },
    sortItems: () => moved(),
    addButton: say('add-step'),
    removable: true,
    sortable: true,
    height: 'auto',
  });
  const number = (): void => {
    for (const [at, row] of inOrder().entries()) {
      row.number(at + 1);
      stepKeys(row.element, { at: at + 1, say, moved });
    }
  };
  const moved = (): void => {
    number();
    judge();
  };
  const saved = node[property];
  for (const step of Array.isArray(saved) ? (saved as Step[]) : []) widget.editableList('addItem', { step });
  judge();
  return { property, values: () => inOrder().map((row) => row.read()) };
}

interface RowFields {
  readonly element: HTMLElement;
  read(): Step;
  show(problem: { readonly field: string; readonly sentence: string } | undefined): void;
  number(at: number): void;
  focus(): void;
}

function drawRow(container: HTMLElement, step: Step, say: (key: string) => string, changed: () => void): RowFields {
  const head = $('<div class="wardflow-step-head">').appendTo(container);
  const place = $('<span class="wardflow-step-number" aria-hidden="true">').appendTo(head);
  const kind = $('<select class="wardflow-step-do">').attr('aria-label', say('do')).appendTo(head);
  for (const one of STEP_KINDS) $('<option>').val(one).text(say(one)).appendTo(kind);
  kind.val(step.do);
  const path = $('<input type="text" class="wardflow-step-path" spellcheck="false" autocomplete="off">')
    .attr({ 'aria-label': say('path'), placeholder: 'PID-3.1' })
    .val(step.path)
    .appendTo(head);
  const asked = $('<button type="button" class="red-ui-button red-ui-button-small wardflow-step-when">')
    .text(say('onlyIf'))
    .appendTo(head);

  $('<div class="wardflow-step-name">').appendTo(container);
  const valueLine = $('<div class="wardflow-step-line">').appendTo(container);
  const value = $('<input type="text" class="wardflow-step-value">').val(linesToTabs(step.value)).appendTo(valueLine);
  value.typedInput({ default: step.kind, types: rowTypes(STEP_VALUES) });
  value.typedInput('type', step.kind);
  value.typedInput('width', '100%');
  named(value, say('value'));

  const afterLine = $('<div class="wardflow-step-line">').appendTo(container);
  $('<span>').text(say('after')).appendTo(afterLine);
  const after = $('<input type="text" class="wardflow-fill" spellcheck="false" autocomplete="off">')
    .attr({ 'aria-label': say('after'), placeholder: say('atEnd') })
    .val(step.do === 'add' ? step.value : '')
    .appendTo(afterLine);

  const whenLine = $('<div class="wardflow-step-line">').appendTo(container);
  $('<span>').text(say('when')).appendTo(whenLine);
  const when = $('<input type="text">').val(linesToTabs(step.when)).appendTo(whenLine);
  when.typedInput({ default: 'jsonata', types: rowTypes(['jsonata']) });
  when.typedInput('width', '100%');
  named(when, say('when'));

  const sentence = $('<div class="wardflow-step-problem" role="alert">').appendTo(container);
  const kindNow = (): StepKind => STEP_KINDS.find((one) => one === kind.val()) ?? 'set';
  let conditional = step.when !== '';
  const lay = (): void => {
    valueLine.toggle(TAKES_VALUE.has(kindNow()));
    afterLine.toggle(kindNow() === 'add');
    whenLine.toggle(conditional);
    asked.toggle(!conditional);
    path.attr('placeholder', PLACEHOLDERS[kindNow()]);
  };
  const update = (): void => {
    lay();
    changed();
  };
  kind.on('change', update);
  for (const field of [path, after]) field.on('input change', update);
  for (const field of [value, when]) {
    field.on('change', update);
    // Node-RED's widget tells of a change when the field is left. A sentence that goes only then moves what lies below it
    // from under the pointer, and a click on the button that adds a step is lost.
    shownInput(field).on('input', update);
  }
  asked.on('click', () => {
    conditional = true;
    lay();
    shownInput(when).trigger('focus');
  });
  lay();
  // A line ends as a tab in a one-line field; what nobody touched is kept as it was written.
  const shown = value.typedInput('value');
  const valueText = (): string => {
    const typed = value.typedInput('value');
    if (typed === shown) return step.value;
    return value.typedInput('type') === 'jsonata' ? tabsToLines(typed) : typed;
  };
  const whenText = (): string => tabsToLines(when.typedInput('value')).trim();
  const wrongExpression = (): { readonly field: string; readonly sentence: string } | undefined => {
    const isExpression = TAKES_VALUE.has(kindNow()) && value.typedInput('type') === 'jsonata';
    for (const [field, written] of [
      ['value', isExpression ? valueText() : ''],
      ['when', whenText()],
    ] as const) {
      const told = written === '' ? undefined : syntaxProblem(written);
      if (told !== undefined) return { field, sentence: told };
    }
    return undefined;
  };
  return {
    element: container,
    read() {
      const now = kindNow();
      const takesValue = TAKES_VALUE.has(now);
      return {
        do: now,
        path: textIn(path),
        value: takesValue ? valueText() : now === 'add' ? textIn(after) : '',
        kind: takesValue ? (value.typedInput('type') as Step['kind']) : 'str',
        when: whenText(),
      };
    },
    show(problem) {
      const wrong = problem ?? wrongExpression();
      const field = wrong?.field ?? '';
      path.toggleClass('input-error', field === 'path');
      after.toggleClass('input-error', field === 'value' && kindNow() === 'add');
      value.next('.red-ui-typedInput-container').toggleClass('input-error', field === 'value');
      when.next('.red-ui-typedInput-container').toggleClass('input-error', field === 'when');
      sentence.text(wrong?.sentence ?? '').toggle(wrong !== undefined);
    },
    number: (at) => void place.text(String(at)),
    focus: () => void kind.trigger('focus'),
  };
}

const PLACEHOLDERS: Readonly<Record<StepKind, string>> = {
  set: 'PID-3.1',
  raw: 'PID-5',
  clear: 'PID-19',
  null: 'PID-13',
  remove: 'NTE[*]',
  add: 'NTE',
};

function textIn(field: JQuery): string {
  const value = field.val();
  return typeof value === 'string' ? value.trim() : '';
}

function named(field: JQuery, label: string): void {
  shownInput(field).attr('aria-label', label);
}

/** The field that Node-RED's widget shows in the place of its own. */
function shownInput(field: JQuery): JQuery {
  return field.next('.red-ui-typedInput-container').find('input');
}
