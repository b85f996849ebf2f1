/**
 * "Try it" in the form of a node that reads FHIR: asks the server that is bound in this environment once, with what stands in the
 * form and values typed here. A value follows the sample of the preview until somebody types another.
 */
import type { FhirLook, FhirLookWish } from '../../../runtime/editor-api/fhir-contract.ts';
import type { ShownRow } from '../../../runtime/editor-api/preview-contract.ts';
import { isValueKind, type NamedValue } from '../checks.ts';
import { askRuntime, NoRuntime, RuntimeRefusal } from './ask-runtime.ts';
import { element } from './elements.ts';
import { drawLook } from './fhir-look-answer.ts';
import { endpointIn } from './fhir-fields.ts';
import { problemLine } from './preview-answer.ts';
import { translate, type EditorNode } from './red.ts';

export interface FhirLookOptions {
  readonly node: EditorNode;
  /** Of the form's fields: `node-input`. */
  readonly prefix: string;
  /** What stands in the form. */
  readonly config: () => object;
}

export interface FhirLookSection {
  /** What the preview worked out. */
  take(rows: readonly ShownRow[]): void;
  close(): void;
}

/** A value that the server is asked with. */
interface Asked {
  /** As the preview names it: `reference`, `parameters[2]`. */
  readonly field: string;
  readonly label: string;
  readonly needed: boolean;
  /** Where it is a text, what stands in the form. */
  readonly fixed: string | null;
}

type Config = Readonly<Record<string, unknown>>;

export function fhirLook(form: HTMLElement, options: FhirLookOptions): FhirLookSection {
  const { node, prefix } = options;
  const say = (key: string, values?: Readonly<Record<string, string>>): string =>
    translate(node, `kit.fhir.look.${key}`, values);
  const fields = element('div', 'wardflow-look-fields');
  const button = element('button', 'red-ui-button', say('ask'));
  button.type = 'button';
  const answer = element('div', 'wardflow-look-answer');
  const status = element('span', 'wardflow-unseen');
  status.setAttribute('role', 'status');
  const body = element('div', 'wardflow-preview', element('p', 'wardflow-preview-about', say('about')), fields);
  body.append(element('div', 'wardflow-look-ask', button), answer, status);
  const details = element('details', 'wardflow-more wardflow-preview-section', element('summary', '', say('title')));
  details.append(body);
  form.append(details);

  /** By field: what somebody typed here, and what the preview says. */
  const typed = new Map<string, string>();
  let worked = new Map<string, string>();
  let running: AbortController | undefined;

  const config = (): Config => options.config() as Config;
  const valueOf = ({ field, fixed }: Asked): string => typed.get(field) ?? fixed ?? worked.get(field) ?? '';

  const draw = (): void => {
    const wanted = askedFor(config(), say);
    // As they are, while they are the same: somebody may be typing into one.
    const inputs = [...fields.querySelectorAll('input')];
    const same =
      inputs.length === wanted.length &&
      wanted.every(({ field, label }, i) => inputs[i]?.name === field && inputs[i].dataset['label'] === label);
    if (same) {
      for (const [i, one] of wanted.entries()) {
        const input = inputs[i];
        if (input && document.activeElement !== input) input.value = valueOf(one);
      }
      return;
    }
    for (const { name, dataset } of inputs)
      if (!wanted.some(({ field, label }) => field === name && label === dataset['label'])) typed.delete(name);
    fields.replaceChildren(...wanted.map((one) => row(one)));
    if (wanted.length === 0) fields.append(element('p', 'wardflow-preview-empty', say('no-parameters')));
  };
  const row = (one: Asked): HTMLElement => {
    const input = element('input', '');
    Object.assign(input, { type: 'text', name: one.field, value: valueOf(one), autocomplete: 'off' });
    input.dataset['label'] = one.label;
    if (!one.needed) input.placeholder = say('left-out');
    input.addEventListener('input', () => typed.set(one.field, input.value));
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      void ask();
    });
    return element('label', '', element('span', '', one.label), input);
  };

  const tell = (text: string, ...content: readonly Node[]): void => {
    answer.replaceChildren(...content);
    status.textContent = text;
  };
  const ask = async (): Promise<void> => {
    const endpoint = endpointIn(form, prefix);
    const missing = endpoint === null ? say('no-endpoint') : missingIn();
    if (endpoint === null || missing !== null) return tell(missing ?? '', problemLine(missing ?? '', ''));
    running?.abort();
    const mine = (running = new AbortController());
    button.disabled = true;
    tell(say('asking'), element('p', 'wardflow-preview-about', say('asking')));
    try {
      const wish = wishOf(endpoint);
      const look = await askRuntime<FhirLook>('fhir/look', { body: wish, signal: mine.signal });
      if (!mine.signal.aborted) tell(say(look.outcome, { count: String(look.found) }), ...drawLook(look, say));
    } catch (error) {
      if (mine.signal.aborted) return;
      const told =
        error instanceof RuntimeRefusal
          ? problemLine(error.message, error.remedy)
          : problemLine(say(error instanceof NoRuntime ? 'no-runtime' : 'not-asked'), '');
      tell(told.textContent ?? '', told);
    } finally {
      button.disabled = false;
    }
  };

  const missingIn = (): string | null => {
    const wanted = askedFor(config(), say);
    if (wanted.length === 0) return say('no-parameters');
    const first = wanted.find((one) => one.needed && valueOf(one).trim() === '');
    if (first) return say('missing', { field: first.label });
    return wanted.every((one) => valueOf(one).trim() === '') ? say('all-empty') : null;
  };
  const wishOf = (endpoint: string): FhirLookWish => {
    const now = config();
    const operation = now['operation'] as FhirLookWish['operation'];
    const type = text(now['resourceType']).trim();
    const given = (field: string): string => {
      const one = askedFor(now, say).find((other) => other.field === field);
      return one ? valueOf(one).trim() : '';
    };
    const tab = typeof node.z === 'string' && node.z !== '' ? { tab: node.z } : {};
    const common = { endpoint, operation, type, ...tab };
    if (operation === 'search') {
      const parameters = askedFor(now, say)
        .map((one) => ({ name: one.label, value: valueOf(one).trim() }))
        .filter(({ value }) => value !== '');
      return { ...common, parameters };
    }
    const reference = given('reference');
    const [, id = reference, inReference] = REFERENCE.exec(reference) ?? [];
    const version = given('version') || (inReference ?? '');
    if (operation === 'vread') return { ...common, id, version: version.replace(/^(?:W\/)?"(.*)"$/, '$1') };
    const since = given('since');
    return { ...common, id, ...(operation === 'history' && since !== '' && { since }) };
  };

  // The form's own listeners would take what is typed here for a setting.
  for (const kind of ['input', 'change'])
    details.addEventListener(kind, (event) => {
      event.stopPropagation();
    });
  const changed = (): void => {
    if (details.open) draw();
  };
  $(form).on('change input', changed);
  details.addEventListener('toggle', changed);
  button.addEventListener('click', () => void ask());

  return {
    take(rows) {
      worked = new Map(
        rows.map(({ field, value, problem }) => [field, problem === null && !value.cut ? listed(value.text) : '']),
      );
      changed();
    },
    close() {
      running?.abort();
      $(form).off('change input', changed);
    },
  };
}

/** An id, `Task/12`, an absolute reference, and the version in it. */
const REFERENCE =
  /^(?:[^?#]*\/)?(?:[A-Z][A-Za-z]{1,63}\/)?([A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/;

function askedFor(config: Config, say: (key: string) => string): readonly Asked[] {
  const { operation } = config;
  const one = (field: 'reference' | 'version' | 'since', needed: boolean): Asked => ({
    field,
    label: say(field),
    needed,
    fixed: config[`${field}Kind`] === 'str' ? text(config[field]) : null,
  });
  if (operation === 'vread') return [one('reference', true), one('version', false)];
  if (operation === 'history') return [one('reference', true), one('since', false)];
  if (operation !== 'search') return [one('reference', true)];
  const rows: readonly unknown[] = Array.isArray(config['parameters']) ? config['parameters'] : [];
  return rows.filter(isNamedValue).map(({ name, value, kind }, i) => ({
    field: `parameters[${i}]`,
    label: name.trim(),
    needed: false,
    fixed: kind === 'str' ? value : null,
  }));
}

/** Several values are alternatives (R4 3.1.1.5); the preview shows a list as JSON. */
function listed(shown: string): string {
  if (!shown.startsWith('[')) return shown;
  try {
    const list: unknown = JSON.parse(shown);
    return Array.isArray(list) && list.every((one) => ['string', 'number'].includes(typeof one))
      ? list.join(',')
      : shown;
  } catch {
    return shown;
  }
}

function isNamedValue(item: unknown): item is NamedValue {
  if (typeof item !== 'object' || item === null) return false;
  const { name, value, kind } = item as Partial<Record<keyof NamedValue, unknown>>;
  return typeof name === 'string' && name.trim() !== '' && typeof value === 'string' && isValueKind(kind);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
