/** Node-RED's typedInput, as our forms use it. */
import type { EditorWidgetTypedInputTypeDefinition } from 'node-red';
import { definitionNames } from './choices.ts';
import { syntaxProblem, translate, type EditorNode } from './red.ts';

export const KINDS = ['str', 'msg', 'jsonata'] as const;

/**
 * As Node-RED's own `jsonata`, but for an empty field: that is for the node to judge, most expressions may be left out.
 * A one-line field cannot hold line ends, so they stand as tabs in it, as in Node-RED's own nodes.
 */
const JSONATA = {
  value: 'jsonata',
  label: 'expression',
  icon: 'red/images/typedInput/expr.svg',
  validate: (typed: string) => (typed === '' ? true : (syntaxProblem(typed) ?? true)),
  expand(this: { value(set?: string): string }) {
    const editor = RED.editor as unknown as { editExpression(options: object): void };
    editor.editExpression({
      value: tabsToLines(this.value()),
      focus: true,
      complete: (written: string) => this.value(linesToTabs(written)),
    });
  },
} as unknown as EditorWidgetTypedInputTypeDefinition;

/** Over the FHIR resource that the message carries. */
const FHIRPATH = { value: 'fhirpath', label: 'FHIRPath', icon: 'fa fa-sitemap' };

/** What stands at a place of the message: `PID-3[2]`. */
const HL7_PATH = { value: 'hl7', label: 'HL7 path', icon: 'fa fa-crosshairs' };

export function jsonataInput(field: HTMLInputElement, node: EditorNode, prefix: string): void {
  restore(field, node, prefix);
  $(field).typedInput({ default: 'jsonata', types: [JSONATA] });
  nameExpand(field.closest('.red-ui-typedInput-container'), node);
}

export function typedInput(field: HTMLInputElement, node: EditorNode, prefix: string): void {
  restore(field, node, prefix);
  const complete = field.dataset['choices'] === undefined ? undefined : definitionNames(field, node);
  const kinds = field.dataset['kinds']?.split(',') ?? [...KINDS];
  $(field).typedInput({
    default: kinds[0] ?? 'str',
    types: typesOf(kinds, complete),
    typeField: `#${prefix}-${field.dataset['kind'] ?? ''}`,
  });
  nameExpand(field.closest('.red-ui-typedInput-container'), node);
}

/** Node-RED's buttons that open an expression in a larger editor have three dots and no name. */
export function nameExpand(within: Element | null | undefined, node: EditorNode): void {
  for (const button of within?.querySelectorAll('.red-ui-typedInput-option-expand') ?? [])
    button.setAttribute('aria-label', translate(node, 'kit.expand'));
}

/** Types for a row of a list. */
export const rowTypes = (kinds: readonly string[] = KINDS): EditorWidgetTypedInputTypeDefinition[] => typesOf(kinds);

/** What is saved has line ends again: flow.json and its reviewers see the expression as it was written. */
export function keepLines(field: HTMLInputElement, saved: unknown): void {
  const untouched = typeof saved === 'string' && linesToTabs(saved) === field.value;
  field.value = untouched ? saved : tabsToLines(field.value);
}

export const linesToTabs = (text: string): string => text.replaceAll('\n', '\t');
export const tabsToLines = (text: string): string => text.replaceAll('\t', '\n');

function typesOf(kinds: readonly string[], autoComplete?: object): EditorWidgetTypedInputTypeDefinition[] {
  const TEXT = { value: 'str', label: 'text', icon: 'red/images/typedInput/az.svg', autoComplete };
  const typeOf = (kind: string): unknown => {
    if (kind === 'jsonata') return JSONATA;
    if (kind === 'hl7') return HL7_PATH;
    if (kind === 'fhirpath') return FHIRPATH;
    return kind === 'str' && autoComplete ? TEXT : kind;
  };
  return kinds.map(typeOf) as EditorWidgetTypedInputTypeDefinition[];
}

/** Node-RED has put the value into a text field, which drops line ends. */
function restore(field: HTMLInputElement, node: EditorNode, prefix: string): void {
  const saved = node[field.id.slice(prefix.length + 1)];
  if (typeof saved === 'string') field.value = linesToTabs(saved);
}
