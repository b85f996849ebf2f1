/** Where a form has its preview: a part of its own that is folded away unless the form is about messages itself. */
import type { NodeDeclaration } from '../properties.ts';
import { element } from './elements.ts';
import { preview, type Preview, type PreviewOptions } from './hl7-preview.ts';
import { translate } from './red.ts';

export interface PreviewSection {
  close(): void;
}

/** Whether people had it open last, by kind of node. */
const leftOpen = new Map<string, boolean>();

let current: Preview | undefined;

/** MSH-12 of the sample that the form shows; `null`: it shows none. */
export const shownVersion = (): string | null => current?.version() ?? null;

/** `undefined`: there is nothing in this form that a message would change. */
export function previewSection<P extends object>(
  form: HTMLElement,
  declaration: NodeDeclaration<P>,
  options: PreviewOptions,
): PreviewSection | undefined {
  const place = form.querySelector<HTMLElement>('[data-widget="preview"]');
  const properties = Object.values<{ readonly expression?: string }>(declaration.properties);
  if (!place && properties.every(({ expression }) => expression === undefined)) return undefined;
  const container = element('div', '');
  const summary = element('summary', '', translate(options.node, 'kit.preview.title'));
  const details = element('details', 'wardflow-more wardflow-preview-section', summary, container);
  details.open = leftOpen.get(declaration.type) ?? place !== null;
  if (place) place.replaceChildren(details);
  else form.append(details);

  let shown: Preview | undefined;
  const follow = (): void => {
    leftOpen.set(declaration.type, details.open);
    if (details.open) shown ??= current = preview(container, options);
  };
  const changed = (event: { readonly target: unknown }): void => {
    if (!(event.target instanceof Node && container.contains(event.target)) && details.open) shown?.changed();
  };
  details.addEventListener('toggle', follow);
  follow();
  // Both: Node-RED's widgets tell of changes by jQuery alone.
  $(form).on('change input wardflow-steps', changed);
  return {
    close() {
      if (current === shown) current = undefined;
      $(form).off('change input wardflow-steps', changed);
      shown?.close();
    },
  };
}
