import { identityFrom } from '../checks.ts';

/**
 * An identity is made from the name while it has none, and then stays: renaming a node on the canvas must not cut it
 * off from its waiting work and its effects.
 */
export function followName(field: HTMLInputElement, prefix: string): void {
  const name = document.getElementById(`${prefix}-name`);
  if (!(name instanceof HTMLInputElement)) return;
  let following = field.value === '';
  field.addEventListener('input', () => (following = false));
  name.addEventListener('input', () => {
    if (!following) return;
    field.value = identityFrom(name.value);
    $(field).trigger('change');
  });
}
