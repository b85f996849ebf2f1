/** Registers the sidebar, and keeps what it shows up to date: with each tab, each deploy, and what happens at the console. */
import type { EditorContext } from '../../runtime/editor-api/contract.ts';
import { watchConflicts } from './conflicts.ts';
import { definitionView } from './definition-view.ts';
import { editor } from './editor.ts';
import { button, element, fill, timeOf } from './elements.ts';
import { askContext, askDefinition, Refusal, type InView } from './requests.ts';
import { SubmitForm } from './submit-form.ts';

const ID = 'wardflow-definition';
const EVERY_MS = 5_000;

export function registerSidebar(): void {
  editor.plugins.registerPlugin('wardflow-sidebar', { type: 'wardflow', onadd: () => new Sidebar().open() });
}

class Sidebar {
  readonly #content = element('div', { class: 'wf-sidebar', role: 'region', 'aria-label': 'Definition' });
  readonly #body = element('div', { class: 'wf-sidebar-body', 'aria-live': 'polite' });
  readonly #form = new SubmitForm(() => void this.refresh());
  #context: EditorContext | null = null;
  #shown = '';
  #asking = 0;

  open(): void {
    this.#content.append(this.#body, this.#form.element);
    editor.sidebar.addTab({
      id: ID,
      label: 'review',
      name: 'Definition and review',
      iconClass: 'fa fa-check-square-o',
      content: this.#content,
      enableOnEdit: true,
      onchange: () => void this.refresh(),
    });
    editor.events.on('workspace:change', () => void this.refresh());
    // The runtime has taken it when this is told; what the console knows of it follows.
    editor.events.on('deploy', () => void this.refresh());
    editor.events.on('workspace:dirty', () => this.#form.update());
    setInterval(() => {
      if (document.visibilityState === 'visible' && this.#isVisible()) void this.refresh();
    }, EVERY_MS);
    void this.#begin();
  }

  async refresh(): Promise<void> {
    if (!this.#context || !this.#isVisible()) return;
    const asked = ++this.#asking;
    try {
      const inView = this.#context.readOnly ? null : await askDefinition(editor.workspaces.active());
      // Another tab was opened meanwhile.
      if (asked === this.#asking) this.#show(this.#context, inView);
    } catch (error) {
      if (asked === this.#asking) this.#fail(error);
    }
  }

  async #begin(): Promise<void> {
    try {
      this.#context = await askContext();
      if (!this.#context.readOnly) watchConflicts();
      await this.refresh();
    } catch (error) {
      this.#fail(error);
    }
  }

  #isVisible(): boolean {
    return this.#content.offsetParent !== null;
  }

  #show(context: EditorContext, inView: InView | null): void {
    const text = JSON.stringify([context, inView]);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#form.show(context.readOnly ? null : inView);
    if (context.readOnly) fill(this.#body, ...readOnlyNotice(context));
    else if (inView) fill(this.#body, ...definitionView(inView, context.console, () => void this.refresh()));
    else fill(this.#body, element('p', {}, 'Deploy this tab once: then its definition is shown here.'));
  }

  #fail(error: unknown): void {
    this.#shown = '';
    const [title, remedy] =
      error instanceof Refusal ? [error.message, error.remedy] : ['The sidebar failed.', 'Load the editor again.'];
    this.#form.show(null);
    fill(
      this.#body,
      element('p', { class: 'wf-problem', role: 'alert' }, `${title} ${remedy}`),
      button('Try again', 'red-ui-button', () => void this.#begin()),
    );
  }
}

function readOnlyNotice({ environment, release, console: address }: EditorContext): readonly HTMLElement[] {
  const page = element(
    'a',
    { href: `${address}/environments/${environment}`, target: '_blank', rel: 'noreferrer' },
    'Releases at the console',
  );
  return [
    element('h3', {}, `${environment} is for reading`),
    element('p', {}, 'It runs what was approved and ordered, and nothing else. Changes begin on staging.'),
    element(
      'p',
      {},
      release
        ? `Release ${release.sequence}, bundle ${release.bundle.slice(0, 12)}, since ${timeOf(release.since)}.`
        : 'Nothing was released to it yet.',
    ),
    element('p', {}, page),
  ];
}

registerSidebar();
