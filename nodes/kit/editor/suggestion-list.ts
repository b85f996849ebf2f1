/** The list below a field of paths. It lies over the whole editor, since a form's own edges would cut it off. */
import type { PathSuggestion } from '../../../runtime/editor-api/preview-contract.ts';

const HIGHEST = 280;
const WIDEST = 460;

export class SuggestionList {
  readonly #input: HTMLInputElement;
  readonly #list = document.createElement('ul');
  readonly #status = document.createElement('span');
  readonly #choose: (chosen: PathSuggestion) => void;
  #shown: readonly PathSuggestion[] = [];
  #at = -1;
  readonly #onMove = (event: Event): void => {
    if (!(event.target instanceof Node) || !this.#list.contains(event.target)) this.close();
  };

  constructor(input: HTMLInputElement, id: string, label: string, choose: (chosen: PathSuggestion) => void) {
    this.#input = input;
    this.#choose = choose;
    this.#list.id = id;
    this.#list.className = 'wardflow-suggestions';
    this.#list.setAttribute('role', 'listbox');
    this.#list.setAttribute('aria-label', label);
    this.#status.className = 'wardflow-unseen';
    this.#status.setAttribute('role', 'status');
    input.after(this.#status);
    // The field keeps the focus: it is where typing goes on.
    this.#list.addEventListener('mousedown', (event) => event.preventDefault());
    this.#list.addEventListener('click', (event) => {
      const line = event.target instanceof Element ? event.target.closest('[role=option]') : null;
      const chosen = line && this.#shown[[...this.#list.children].indexOf(line)];
      if (chosen) this.#choose(chosen);
    });
  }

  get open(): boolean {
    return this.#list.isConnected;
  }

  get active(): PathSuggestion | undefined {
    return this.#shown[this.#at];
  }

  show(suggestions: readonly PathSuggestion[], told: string): void {
    if (suggestions.length === 0) return this.close();
    this.#shown = suggestions;
    this.#list.replaceChildren(...suggestions.map((one, index) => lineOf(one, `${this.#list.id}-${index}`)));
    this.#status.textContent = told;
    this.#mark(-1);
    if (this.open) return this.#place();
    document.body.append(this.#list);
    this.#input.setAttribute('aria-expanded', 'true');
    this.#list.scrollTop = 0;
    this.#place();
    globalThis.addEventListener('scroll', this.#onMove, true);
    globalThis.addEventListener('resize', this.#onMove);
  }

  close(): void {
    if (!this.open) return;
    this.#list.remove();
    this.#shown = [];
    this.#mark(-1);
    this.#status.textContent = '';
    this.#input.setAttribute('aria-expanded', 'false');
    globalThis.removeEventListener('scroll', this.#onMove, true);
    globalThis.removeEventListener('resize', this.#onMove);
  }

  move(step: 1 | -1): void {
    const count = this.#shown.length;
    this.#mark(this.#at < 0 && step < 0 ? count - 1 : (this.#at + step + count) % count);
  }

  #mark(at: number): void {
    this.#at = at;
    for (const [index, line] of [...this.#list.children].entries())
      line.setAttribute('aria-selected', String(index === at));
    const line = this.#list.children[at];
    if (!line) return this.#input.removeAttribute('aria-activedescendant');
    this.#input.setAttribute('aria-activedescendant', line.id);
    line.scrollIntoView({ block: 'nearest' });
  }

  /** Below the field, or above it where there is more room. */
  #place(): void {
    const { left, top, bottom, width } = this.#input.getBoundingClientRect();
    const { innerHeight, innerWidth } = globalThis;
    const below = innerHeight - bottom - 8;
    const above = below < 140 && top > below;
    const wide = Math.min(Math.max(width, 320), WIDEST, innerWidth - 16);
    Object.assign(this.#list.style, {
      left: `${Math.max(8, Math.min(left, innerWidth - wide - 8))}px`,
      width: `${wide}px`,
      top: above ? 'auto' : `${bottom + 2}px`,
      bottom: above ? `${innerHeight - top + 2}px` : 'auto',
      maxHeight: `${Math.min(HIGHEST, above ? top - 8 : below)}px`,
    });
  }
}

function lineOf({ path, name, type, deeper }: PathSuggestion, id: string): HTMLElement {
  const line = document.createElement('li');
  line.id = id;
  line.setAttribute('role', 'option');
  line.append(element('code', path), element('span', name, 'wardflow-suggestion-name'));
  line.append(element('span', deeper && type !== '' ? `${type} ›` : type, 'wardflow-suggestion-type'));
  return line;
}

function element(tag: string, text: string, className = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className !== '') made.className = className;
  return made;
}
