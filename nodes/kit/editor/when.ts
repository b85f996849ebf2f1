/** Rows that matter only under a setting: `data-when="operation=update"`; alternatives with `|`, `!` for "set at all". */
export function watchConditions(form: Element, prefix: string): void {
  const rows = [...form.querySelectorAll<HTMLElement>('[data-when]')];
  const names = new Set(rows.map((row) => conditionOf(row).name));
  const update = (): void => {
    for (const row of rows) {
      const { name, allowed } = conditionOf(row);
      const value = valueOf(form, prefix, name);
      row.hidden = allowed === null ? value === '' || value === '_ADD_' : !allowed.includes(value);
    }
  };
  for (const name of names) $(form).find(`#${prefix}-${name}`).on('change', update);
  update();
}

function conditionOf(row: HTMLElement): { readonly name: string; readonly allowed: readonly string[] | null } {
  const [name = '', values] = (row.dataset['when'] ?? '').split('=');
  return { name, allowed: values === undefined ? null : values.split('|') };
}

function valueOf(form: Element, prefix: string, name: string): string {
  const field = form.querySelector(`#${prefix}-${name}`);
  if (field instanceof HTMLInputElement && field.type === 'checkbox') return String(field.checked);
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : '';
}
