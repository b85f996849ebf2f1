/** Says at a field of the form what the preview found wrong with it. */
import type { ShownRow } from '../../../runtime/editor-api/preview-contract.ts';
import { element } from './elements.ts';

export class FieldProblems {
  readonly #form: Element;
  readonly #prefix: string;
  #shown: readonly HTMLElement[] = [];

  constructor(form: Element, prefix: string) {
    this.#form = form;
    this.#prefix = prefix;
  }

  show(rows: readonly ShownRow[]): void {
    this.clear();
    this.#shown = rows.flatMap(({ field, problem }) => {
      const place = problem && this.#placeOf(field);
      if (!place) return [];
      const line = element('div', 'wardflow-hint wardflow-field-problem', problem.title);
      place.append(line);
      return [line];
    });
  }

  clear(): void {
    for (const line of this.#shown) line.remove();
    this.#shown = [];
  }

  /** The row of the form that the field is in, or its line in a list: `details[2]`. */
  #placeOf(field: string): Element | null {
    const [, name = field, index] = /^(\w+)\[(\d+)\]$/.exec(field) ?? [];
    if (index === undefined)
      return this.#form.querySelector(`#${CSS.escape(`${this.#prefix}-${name}`)}`)?.closest('.form-row') ?? null;
    const list = this.#form.querySelector(`ol[data-property="${CSS.escape(name)}"]`);
    return list?.querySelectorAll(':scope > li .red-ui-editableList-item-content').item(Number(index)) ?? null;
  }
}
