/**
 * Fields of a form that name something of FHIR: a resource type, a search parameter, an element. Each completes from the standard,
 * with what the server of the form's endpoint states: what it does not is marked, and may be chosen all the same, since
 * statements are often behind what a server does.
 */
import type { FhirName, FhirServerView, FhirTypeView } from '../../../runtime/editor-api/fhir-contract.ts';
import type { PathSuggestion } from '../../../runtime/editor-api/preview-contract.ts';
import { askRuntime } from './ask-runtime.ts';
import { translate, type EditorNode } from './red.ts';
import { SuggestionList } from './suggestion-list.ts';

const TYPE = /^[A-Z][A-Za-z]{1,63}$/;
const MOST_SHOWN = 40;
let made = 0;

/** Asked once for each while the editor is open, and again after a failure. */
const known = new Map<string, Promise<unknown>>();

function asked<T>(path: string): Promise<T> {
  const before = known.get(path) as Promise<T> | undefined;
  if (before) return before;
  const answer = askRuntime<T>(path);
  known.set(path, answer);
  answer.catch(() => known.delete(path));
  return answer;
}

/** After a test of the connection: the server may state something else now. */
export const forgetFhirNames = (): void => known.clear();

export function fhirFields(form: HTMLElement, node: EditorNode, prefix: string): void {
  const typeField = form.querySelector<HTMLInputElement>('input[data-widget="fhir-type"]');
  if (!typeField) return;
  const say: Say = (key, values) => translate(node, `kit.fhir.${key}`, values);
  const query = (more: Readonly<Record<string, string>> = {}): string => {
    const endpoint = endpointIn(form, prefix);
    return new URLSearchParams({ ...(endpoint !== null && { endpoint }), ...more }).toString();
  };
  const server = (): Promise<FhirServerView> => asked(`fhir/server?${query()}`);
  const ofType = async (): Promise<FhirTypeView | null> => {
    const type = typeField.value.trim();
    return TYPE.test(type) ? asked<FhirTypeView>(`fhir/type?${query({ type })}`) : null;
  };
  const types = async (): Promise<readonly FhirName[]> => (await server()).types;

  const note = form.querySelector<HTMLElement>('[data-widget="fhir-server"]');
  const tell = async (): Promise<void> => {
    if (!note) return;
    const view = await server().catch(() => null);
    note.textContent = view ? aboutServer(view, say) : '';
  };
  const typeNote = noteAfter(typeField);
  const explain = async (): Promise<void> => {
    const type = typeField.value.trim();
    const view = await ofType().catch(() => null);
    if (typeField.value.trim() !== type) return;
    const operation = form.querySelector<HTMLSelectElement>(`#${prefix}-operation`)?.value ?? '';
    typeNote.textContent = view ? aboutType(view, operation, say) : '';
    typeNote.classList.toggle('wardflow-path-wrong', view?.here === false);
  };
  suggest(typeField, say, types, () => {
    $(typeField).trigger('change');
  });
  $(typeField).on('change input', () => void explain());
  $(form)
    .find(`#${prefix}-endpoint, #${prefix}-operation`)
    .on('change', () => {
      void tell();
      void explain();
    });
  void tell();
  void explain();

  // Rows come and go: each field is fitted out when somebody comes to it.
  form.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.getAttribute('role') === 'combobox') return;
    if (target.dataset['fhir'] === 'element') suggest(target, say, async () => (await ofType())?.elements ?? []);
    else if (target.matches('ol[data-names="fhir-parameter"] input.wardflow-name'))
      suggest(target, say, async () => (await ofType())?.parameters ?? []);
    else return;
    target.dispatchEvent(new FocusEvent('focus'));
  });
}

type Say = (key: string, values?: Readonly<Record<string, string>>) => string;

/** The logical name of the endpoint that the form has chosen; `null`: none. */
export function endpointIn(form: HTMLElement, prefix: string): string | null {
  const id = form.querySelector<HTMLSelectElement>(`#${prefix}-endpoint`)?.value ?? '';
  const name: unknown = (RED.nodes.node(id) as EditorNode | null)?.['name'];
  return typeof name === 'string' && /^[a-z][a-z0-9-]{0,62}$/.test(name.trim()) ? name.trim() : null;
}

function aboutServer({ state, software, fhirVersion }: FhirServerView, say: Say): string {
  if (state === 'none') return '';
  return state === 'known' ? say('server-known', { software, version: fhirVersion }) : say('server-silent');
}

/** By operation of the form, the interaction that a server states (R4 CapabilityStatement.rest.resource.interaction). */
const INTERACTION: Readonly<Record<string, string>> = {
  read: 'read',
  vread: 'vread',
  search: 'search-type',
  history: 'history-instance',
  create: 'create',
  update: 'update',
  patch: 'patch',
};

function aboutType({ here, text, interactions }: FhirTypeView, operation: string, say: Say): string {
  if (here === false) return say('type-not-here');
  const wanted = INTERACTION[operation];
  if (interactions && wanted !== undefined && !interactions.includes(wanted))
    return text === '' ? say('not-stated') : `${text}. ${say('not-stated')}`;
  return text;
}

function noteAfter(input: HTMLInputElement): HTMLElement {
  const note = document.createElement('div');
  note.className = 'wardflow-hint wardflow-path-note';
  input.after(note);
  return note;
}

/** A combobox over names, after the pattern of WAI-ARIA 1.2: what is typed stays until a line is chosen. */
function suggest(
  input: HTMLInputElement,
  say: Say,
  names: () => Promise<readonly FhirName[]>,
  chosen: () => void = () => undefined,
): void {
  const id = `wardflow-fhir-${++made}`;
  for (const [name, value] of Object.entries({
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': `${id}-list`,
  }))
    input.setAttribute(name, value);
  const take = ({ path }: PathSuggestion): void => {
    input.value = path;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    $(input).trigger('change');
    list.close();
    mine++;
    chosen();
  };
  const list = new SuggestionList(input, `${id}-list`, say('list'), take);
  let mine = 0;
  const show = async (all: boolean): Promise<void> => {
    const now = ++mine;
    const found = await names().catch((): readonly FhirName[] => []);
    if (now !== mine || document.activeElement !== input) return;
    const typed = input.value.trim().toLowerCase();
    const fitting = typed === '' || all ? found : matching(found, typed);
    const only = fitting.length === 1 && fitting[0]?.name === input.value.trim();
    if (only) return list.close();
    list.show(
      fitting.slice(0, MOST_SHOWN).map((one) => lineOf(one, say)),
      say('found', { count: String(fitting.length) }),
    );
  };
  input.addEventListener('input', () => void show(false));
  input.addEventListener('focus', () => {
    if (input.value.trim() === '') void show(true);
  });
  input.addEventListener('blur', () => {
    mine++;
    list.close();
  });
  input.addEventListener('keydown', (event) => {
    const { key } = event;
    if (list.open && (key === 'ArrowDown' || key === 'ArrowUp')) list.move(key === 'ArrowDown' ? 1 : -1);
    else if (key === 'ArrowDown') void show(true);
    else if (list.open && key === 'Enter' && list.active) take(list.active);
    else if (list.open && key === 'Escape') list.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** What begins so, then what has it in its name, then in its description. */
function matching(names: readonly FhirName[], typed: string): readonly FhirName[] {
  const rank = ({ name, text }: FhirName): number => {
    const lower = name.toLowerCase();
    if (lower.startsWith(typed)) return 0;
    if (lower.includes(typed)) return 1;
    return text.toLowerCase().includes(typed) ? 2 : 3;
  };
  return [0, 1, 2].flatMap((wanted) => names.filter((one) => rank(one) === wanted));
}

function lineOf({ name, type, text, here }: FhirName, say: Say): PathSuggestion {
  const marks = [type, here === false ? say('not-here') : ''].filter((mark) => mark !== '');
  return { path: name, name: text, type: marks.join(' · '), deeper: false };
}
