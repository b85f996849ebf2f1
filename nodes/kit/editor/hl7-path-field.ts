/**
 * An input for HL7 paths: completes by place (`PID-3.`) and by name (`assigning auth`), and says below what the path means or
 * what is wrong with it. A combobox with a list, after the pattern of WAI-ARIA 1.2: what is typed stays until a line is chosen.
 */
import type { PathAnswer, PathSuggestion } from '../../../runtime/editor-api/preview-contract.ts';
import { SuggestionList } from './suggestion-list.ts';
import { pathAnswer } from './path-answers.ts';
import { translate, type EditorNode } from './red.ts';

export interface PathFieldOptions {
  readonly node: EditorNode;
  /** Several paths, separated by commas or blanks. */
  readonly list?: boolean;
  /** A place as steps name it, with `[*]` and `[new]`; what is wrong with it says whoever holds the field. */
  readonly pattern?: boolean;
  /** Whose names: MSH-12 of the sample that is looked at; default: the usual version. */
  readonly version?: () => string | null;
  /** Where it says what the path means; default: a line of its own after the input. */
  readonly note?: HTMLElement;
}

const TYPING_MS = 120;
const LONGEST = 100;
/** Nobody types so high a number. */
const MARK = 9980;
let made = 0;

export function pathField(input: HTMLInputElement, options: PathFieldOptions): void {
  const say = (key: string, values?: Readonly<Record<string, string>>): string =>
    translate(options.node, `kit.path.${key}`, values);
  const version = options.version ?? (() => null);
  const id = `wardflow-path-${++made}`;
  const note = options.note ?? noteAfter(input);
  note.id ||= `${id}-note`;
  note.classList.add('wardflow-path-note');
  for (const [name, value] of Object.entries({
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': `${id}-list`,
    'aria-describedby': note.id,
  }))
    input.setAttribute(name, value);
  const list = new SuggestionList(input, `${id}-list`, say('list'), (chosen) => take(chosen));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  /** Numbers stand for `[*]` and `[new]` while the dictionary is asked. */
  const ask = async (typed: string): Promise<PathAnswer> => {
    const marks: string[] = [];
    const plain = options.pattern ? typed.replace(/\[(?:\*|new)\]/g, (mark) => `[${MARK + marks.push(mark)}]`) : typed;
    const answer = await pathAnswer(plain.slice(0, LONGEST), version());
    if (marks.length === 0) return answer;
    const back = (path: string): string => path.replace(/\[998(\d)\]/g, (_, at: string) => marks[Number(at) - 1] ?? '');
    const { exact } = answer;
    return {
      ...answer,
      suggestions: answer.suggestions.map((one) => ({ ...one, path: back(one.path) })),
      exact: exact && { ...exact, path: back(exact.path) },
    };
  };
  const suggest = async (): Promise<void> => {
    const { text } = tokenAt(input, options.list === true);
    const mine = ++asked;
    if (text === '' || text.length > LONGEST) return list.close();
    try {
      const { suggestions, exact } = await ask(text);
      if (mine !== asked || document.activeElement !== input) return;
      // Nothing is left to be completed where the one suggestion is what stands there.
      const done = exact !== null && suggestions.every(({ path }) => path === exact.path);
      if (done) list.close();
      else list.show(suggestions, say('found', { count: String(suggestions.length) }));
    } catch {
      list.close();
    }
  };
  const explain = async (whole: boolean): Promise<void> => {
    const paths =
      options.list === true ? input.value.split(/[,\s]+/).filter(Boolean) : [input.value.trim()].filter(Boolean);
    const given = input.value;
    try {
      const answers = await Promise.all(paths.slice(0, 20).map((path) => ask(path)));
      if (input.value !== given || !input.isConnected) return;
      const wrong = paths.find((_path, index) => answers[index]?.exact === null);
      const bad = wrong !== undefined && whole && options.pattern !== true;
      note.classList.toggle('wardflow-path-wrong', bad);
      if (bad) input.setAttribute('aria-invalid', 'true');
      else if (options.pattern !== true) input.removeAttribute('aria-invalid');
      note.textContent = bad
        ? say('wrong', { path: wrong.slice(0, 40) })
        : answers
            .flatMap(({ exact, version: named }) => (exact ? [meaning(exact, named, paths.length > 1)] : []))
            .join('; ');
    } catch {
      note.textContent = '';
    }
  };
  const meaning = ({ path, name, type }: Omit<PathSuggestion, 'deeper'>, named: string, several: boolean): string => {
    const told = name === '' ? say('unnamed', { version: named }) : type === '' ? name : `${name} (${type})`;
    return several ? `${path}: ${told}` : told;
  };
  const take = ({ path, deeper, type }: PathSuggestion): void => {
    // A segment by itself is the beginning of a path.
    const segment = deeper && type === '' && !path.includes('-');
    replaceToken(input, options.list === true, segment ? `${path}-` : path);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    $(input).trigger('change');
    clearTimeout(timer);
    if (segment) void suggest();
    else {
      asked++;
      list.close();
    }
    void explain(false);
  };

  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      void suggest();
      void explain(false);
    }, TYPING_MS);
  });
  input.addEventListener('keydown', (event) => {
    const { key } = event;
    if (list.open && (key === 'ArrowDown' || key === 'ArrowUp')) list.move(key === 'ArrowDown' ? 1 : -1);
    else if (key === 'ArrowDown') void suggest();
    else if (list.open && key === 'Enter' && list.active) take(list.active);
    else if (list.open && key === 'Escape') list.close();
    else return;
    event.preventDefault();
    // Escape would close the whole form.
    event.stopPropagation();
  });
  input.addEventListener('blur', () => {
    clearTimeout(timer);
    asked++;
    list.close();
    void explain(true);
  });
  void explain(true);
}

function noteAfter(input: HTMLInputElement): HTMLElement {
  const note = document.createElement('div');
  note.className = 'wardflow-hint';
  input.after(note);
  return note;
}

interface Token {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The path that is being typed: all of the field, or what the caret stands in. */
function tokenAt({ value, selectionStart }: HTMLInputElement, list: boolean): Token {
  if (!list) return { text: value.trim(), from: 0, to: value.length };
  const at = selectionStart ?? value.length;
  // By commas alone: names that are searched for have blanks.
  const from = value.lastIndexOf(',', at - 1) + 1;
  const comma = value.indexOf(',', at);
  const to = comma < 0 ? value.length : comma;
  const text = value.slice(from, to);
  const lead = text.length - text.trimStart().length;
  return { text: text.trim(), from: from + lead, to };
}

function replaceToken(input: HTMLInputElement, list: boolean, path: string): void {
  const { from, to } = tokenAt(input, list);
  input.value = `${input.value.slice(0, from)}${path}${input.value.slice(to)}`;
  input.setSelectionRange(from + path.length, from + path.length);
}
