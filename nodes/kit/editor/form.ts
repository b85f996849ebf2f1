/**
 * Makes a form work from what its HTML says, with Node-RED's own widgets:
 *
 *     <input data-widget="jsonata">                      an expression, with the expression editor
 *     <input data-widget="typed" data-kind="textKind">   text, message property or expression; `data-kinds` limits them
 *     <input data-widget="identity">                     follows the name until it is typed over
 *     <input data-widget="choices" data-choices="rules"> completes from the definition's rule tables or ladders
 *     <input data-widget="hl7-path">                     an HL7 path, completed by place or name; `data-list` for several
 *     <ol data-widget="texts" data-property="types">     a list of texts (`data-suggestions`: id of a datalist);  `named` for
 *                                                        names with values (`data-kinds`)
 *     <ol data-widget="hl7-steps" data-property="steps"> steps that change a message
 *     <div data-widget="rule-table" data-of="table">   the rule table that the field names, at a glance
 *     <ol data-widget="patch-steps" data-property="steps"> steps that change single places of a resource
 *     <input data-widget="fhir-type">                   a resource type, with what the server states (fhir-fields.ts)
 *     <div data-widget="fhir-test" data-of="name">        a button that asks the server of this name
 *     <div data-widget="fhir-look">                     "Try it": a read of the server by hand, behind the preview
 *     <div data-when="operation=update">                 shown only then; `data-unless`: but then
 *     <div class="wardflow-more">                        folded away until asked for
 *     <div data-widget="preview">                        what the node makes of a sample message, open from the start
 *
 * A form with expressions and no such element gets the preview at its end, folded.
 */
import type { NodeDeclaration } from '../properties.ts';
import { completeFromDefinition } from './choices.ts';
import { fhirFields } from './fhir-fields.ts';
import { feedBehind } from './feed-behind.ts';
import { fhirLook, type FhirLookSection } from './fhir-look.ts';
import { fhirTest } from './fhir-test.ts';
import { fieldSentences, type FieldSentences } from './field-sentences.ts';
import { formValues } from './form-values.ts';
import { pathField } from './hl7-path-field.ts';
import { stepList } from './hl7-steps.ts';
import { followName } from './identity.ts';
import { namedList, textList, type ListField } from './lists.ts';
import type { EditorNode } from './red.ts';
import { patchStepList } from './patch-steps.ts';
import { previewSection, shownVersion, type PreviewSection } from './preview-section.ts';
import { ruleTableView } from './rule-table-view.ts';
import type { PreviewOptions } from './hl7-preview.ts';
import { jsonataInput, keepLines, typedInput } from './typed-inputs.ts';
import { watchConditions } from './when.ts';

interface OpenForm {
  readonly lists: readonly ListField[];
  readonly section: PreviewSection | undefined;
  readonly look: FhirLookSection | undefined;
  readonly sentences: FieldSentences;
}

/** By node: a config node's form may be open over that of the node which names it. */
const open = new Map<string, OpenForm>();

const LISTS: Readonly<Record<string, typeof textList>> = {
  named: namedList,
  'hl7-steps': stepList,
  'patch-steps': patchStepList,
};

export function openForm<P extends object>(node: EditorNode, declaration: NodeDeclaration<P>, prefix: string): void {
  const form = formOf(prefix);
  if (!form) return;
  fillAbsent(node, declaration, prefix);
  nameByLabels(form);
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
      case 'hl7-path': {
        pathField(input, { node, list: input.dataset['list'] !== undefined, version: shownVersion });
        break;
      }
      case 'choices':
        completeFromDefinition(input, node);
        break;
      default:
        break;
    }
  }
  const lists = [...form.querySelectorAll<HTMLOListElement>('ol[data-widget]')].map((list) =>
    (LISTS[list.dataset['widget'] ?? ''] ?? textList)(list, node),
  );
  const glance = form.querySelector<HTMLElement>('[data-widget="rule-table"]');
  const named = document.getElementById(`${prefix}-${glance?.dataset['of'] ?? ''}`);
  if (glance && named instanceof HTMLInputElement) ruleTableView(glance, named, node);
  fhirFields(form, node, prefix);
  const test = form.querySelector<HTMLElement>('[data-widget="fhir-test"]');
  const endpoint = document.getElementById(`${prefix}-${test?.dataset['of'] ?? ''}`);
  if (test && endpoint instanceof HTMLInputElement) fhirTest(test, endpoint, node);
  watchConditions(form, prefix);
  closeForm(node);
  const config = (): object => formValues(node, declaration, prefix, lists);
  let look: FhirLookSection | undefined;
  const section = openPreview(form, node, declaration, { prefix, config, told: (rows) => look?.take(rows) });
  // Behind the preview, whose values it takes.
  if (form.querySelector('[data-widget="fhir-look"]')) look = fhirLook(form, { node, prefix, config });
  open.set(node.id, { lists, section, look, sentences: fieldSentences(form, node, declaration, { prefix, lists }) });
}

/** Node-RED puts what is wrong with a field into its aria-label, which would be its whole name then. */
function nameByLabels(form: HTMLElement): void {
  for (const label of form.querySelectorAll<HTMLLabelElement>('.form-row label[for]')) {
    label.id ||= `${label.htmlFor}-label`;
    // Before widgets take a field's place: they take its name over.
    document.getElementById(label.htmlFor)?.setAttribute('aria-labelledby', label.id);
  }
}

/** Of a node that was saved before a setting existed: the form shows, and saves, what holds for it. */
function fillAbsent<P extends object>(node: EditorNode, { properties }: NodeDeclaration<P>, prefix: string): void {
  for (const [name, { value }] of Object.entries<{ readonly value: unknown }>(properties)) {
    const field = document.getElementById(`${prefix}-${name}`);
    if (node[name] !== undefined || (typeof value !== 'string' && typeof value !== 'number')) continue;
    if (field instanceof HTMLSelectElement || field instanceof HTMLInputElement) field.value ||= String(value);
  }
}

function openPreview<P extends object>(
  form: HTMLElement,
  node: EditorNode,
  declaration: NodeDeclaration<P>,
  { prefix, config, told }: Pick<PreviewOptions, 'prefix' | 'config' | 'told'>,
): PreviewSection | undefined {
  // A feed's messages are its own, under the name that stands in the form.
  const feed = (): string | null => {
    const { name } = config() as { readonly name?: unknown };
    if (declaration.type !== 'wardflow-feed') return feedBehind(node);
    return typeof name === 'string' && FEED.test(name.trim()) ? name.trim() : null;
  };
  return previewSection(form, declaration, { node, prefix, nodeType: declaration.type, config, feed, told });
}

const FEED = /^[a-z][a-z0-9-]{0,62}$/;

/** However it ends. */
export function closeForm({ id }: EditorNode): void {
  const form = open.get(id);
  open.delete(id);
  form?.section?.close();
  form?.look?.close();
  form?.sentences.close();
}

/** Lists and numbers are not what Node-RED reads out of a form by itself. */
export function saveForm<P extends object>(node: EditorNode, declaration: NodeDeclaration<P>, prefix: string): void {
  for (const { property, values } of open.get(node.id)?.lists ?? []) node[property] = values();
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
  closeForm(node);
}

function formOf(prefix: string): HTMLElement | null {
  const forms = document.querySelectorAll<HTMLElement>(
    prefix === 'node-input' ? '#dialog-form' : '#node-config-dialog-edit-form',
  );
  return forms.item(forms.length - 1);
}
