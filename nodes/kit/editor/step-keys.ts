/** What Node-RED's list leaves to the mouse: its handle moves a step by the arrow keys too, and both its buttons have names. */
export interface StepKeys {
  readonly at: number;
  readonly say: (key: string, values?: Readonly<Record<string, string>>) => string;
  /** The step stands somewhere else now. */
  readonly moved: () => void;
}

export function stepKeys(step: Element, { at, say, moved }: StepKeys): void {
  const item = step.closest('li');
  const handle = item?.querySelector<HTMLElement>('.red-ui-editableList-item-handle');
  const remove = item?.querySelector('.red-ui-editableList-item-remove');
  remove?.setAttribute('aria-label', say('remove-step', { number: String(at) }));
  remove?.setAttribute('role', 'button');
  if (!item || !handle) return;
  const isNew = handle.tabIndex < 0;
  handle.tabIndex = 0;
  handle.setAttribute('role', 'button');
  handle.setAttribute('aria-label', say('move-step', { number: String(at) }));
  if (!isNew) return;
  handle.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowUp') item.previousElementSibling?.before(item);
    else if (event.key === 'ArrowDown') item.nextElementSibling?.after(item);
    else return;
    event.preventDefault();
    event.stopPropagation();
    moved();
    handle.focus();
  });
}
