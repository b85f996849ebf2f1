/**
 * Rows that matter only under a setting: `data-when="operation=update"`; alternatives with `|`, `&` where both must hold; a name
 * alone for "set at all". `data-unless` is the contrary.
 */
export function watchConditions(form: Element, prefix: string): void {
  const rows = [...form.querySelectorAll<HTMLElement>('[data-when], [data-unless]')];
  const names = new Set(rows.flatMap((row) => conditionsOf(row).map(({ name }) => name)));
  const update = (): void => {
    for (const row of rows) {
      const holds = conditionsOf(row).every(({ name, allowed }) => {
        const value = valueOf(form, prefix, name);
        return allowed === null ? value !== '' && value !== '_ADD_' : allowed.includes(value);
      });
      row.hidden = holds === (row.dataset['unless'] !== undefined);
    }
  };
  for (const name of names) $(form).find(`#${prefix}-${name}`).on('change', update);
  update();
}

interface Condition {
  readonly name: string;
  readonly allowed: readonly string[] | null;
}

function conditionsOf({ dataset }: HTMLElement): readonly Condition[] {
  return (dataset['when'] ?? dataset['unless'] ?? '').split('&').map((one) => {
    const [name = '', values] = one.split('=');
    return { name, allowed: values === undefined ? null : values.split('|') };
  });
}

function valueOf(form: Element, prefix: string, name: string): string {
  const field = form.querySelector(`#${prefix}-${name}`);
  if (field instanceof HTMLInputElement && field.type === 'checkbox') return String(field.checked);
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : '';
}
