/** Submits for review what is deployed: a draft, which its author then signs at the console. */
import { editor } from './editor.ts';
import { button, element, fill } from './elements.ts';
import { Refusal, submit, type InView } from './requests.ts';

const SHARED = '_shared';

export class SubmitForm {
  readonly element = element('div', { class: 'wf-submit' });
  readonly #submitted: () => void;
  #inView: InView | null = null;
  #open = false;
  #message: HTMLElement | null = null;
  #busy = false;

  constructor(submitted: () => void) {
    this.#submitted = submitted;
  }

  /** `null`: there is nothing to submit. */
  show(inView: InView | null): void {
    const same = inView?.name === this.#inView?.name;
    this.#inView = inView;
    // What somebody is writing stays while the rest of the sidebar follows the runtime.
    if (same && this.#open) return;
    this.#open = false;
    // Of another definition; what became of a proposal of this one is still worth reading.
    if (!same) this.#message = null;
    this.update();
  }

  update(): void {
    const known = this.#inView?.known;
    if (!this.#inView || !known) fill(this.element);
    else if (!this.#open)
      fill(this.element, this.#message, this.#button(known.differs.length + known.alsoDiffer.length));
    else if (editor.nodes.dirty()) fill(this.element, ...this.#deployFirst());
    else if (!this.element.querySelector('form')) fill(this.element, this.#form(this.#inView));
  }

  #button(differences: number): HTMLElement {
    const made = button('Submit for review…', 'red-ui-button primary', () => {
      this.#open = true;
      this.#message = null;
      this.update();
      this.element.querySelector<HTMLElement>('input, button')?.focus();
    });
    made.disabled = differences === 0;
    if (made.disabled) made.title = 'Staging runs what production runs';
    return made;
  }

  #deployFirst(): readonly HTMLElement[] {
    return [
      element(
        'p',
        { role: 'status' },
        'There are changes that are not deployed. What is submitted is what staging runs: deploy first, and see that it works.',
      ),
      element(
        'div',
        { class: 'wf-buttons' },
        button('Not now', 'red-ui-button', () => this.#close()),
        button('Deploy', 'red-ui-button primary', () => editor.actions.invoke('core:deploy-flows')),
      ),
    ];
  }

  #form(inView: InView): HTMLElement {
    const title = element('input', { type: 'text', maxlength: '120', required: '', id: 'wf-title' });
    const summary = element('textarea', { rows: '5', maxlength: '4000', required: '', id: 'wf-summary' });
    const others = (inView.known?.alsoDiffer ?? []).map((name) => {
      const box = element('input', { type: 'checkbox', value: name, id: `wf-also-${name}` });
      // What several use changes with what uses it, more often than not.
      box.checked = name === SHARED;
      return { name, box };
    });
    const form = element(
      'form',
      {},
      element('h4', {}, `Submit “${inView.intent.title}” for review`),
      element('label', { for: 'wf-title' }, 'Title'),
      title,
      element('label', { for: 'wf-summary' }, 'What it changes, and why (you sign these words)'),
      summary,
      others.length === 0 ? null : element('p', {}, 'Staging differs in these, too. Submit with it:'),
      ...others.map(({ name, box }) =>
        element('label', { class: 'wf-also' }, box, name === SHARED ? 'shared parts (_shared)' : name),
      ),
      this.#message,
      element(
        'div',
        { class: 'wf-buttons' },
        button('Cancel', 'red-ui-button', () => this.#close()),
        element('button', { type: 'submit', class: 'red-ui-button primary' }, 'Submit'),
      ),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const definitions = [inView.name, ...others.filter(({ box }) => box.checked).map(({ name }) => name)];
      void this.#send(form, definitions, title.value.trim(), summary.value.trim());
    });
    return form;
  }

  async #send(form: HTMLElement, definitions: readonly string[], title: string, summary: string): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const told = element('p', { role: 'status' }, 'Submitting…');
    form.append(told);
    try {
      const { number, page } = await submit({ definitions, title, summary });
      const link = element('a', { href: page, target: '_blank', rel: 'noreferrer' }, `proposal ${number}`);
      this.#message = element(
        'p',
        { class: 'wf-good', role: 'status' },
        'It is ',
        link,
        '. Sign it there; then it is reviewed.',
      );
      this.#open = false;
      this.update();
      this.#submitted();
    } catch (error) {
      const refusal = error instanceof Refusal ? `${error.message} ${error.remedy}` : 'It could not be submitted.';
      fill(told, refusal);
      told.className = 'wf-problem';
      told.setAttribute('role', 'alert');
      for (const old of form.querySelectorAll('.wf-problem')) if (old !== told) old.remove();
    } finally {
      this.#busy = false;
    }
  }

  #close(): void {
    this.#open = false;
    fill(this.element);
    this.update();
    this.element.querySelector<HTMLElement>('button')?.focus();
  }
}
