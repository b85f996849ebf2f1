/** Node-RED's editableList for the two kinds of list that nodes keep. */
import type { NamedValue } from '../checks.ts';
import type { EditorNode } from './red.ts';
import { linesToTabs, nameExpand, rowTypes, tabsToLines } from './typed-inputs.ts';

export interface ListField {
  readonly property: string;
  readonly values: () => readonly unknown[];
}

interface Row<T> {
  value?: T;
}

export function textList(list: HTMLOListElement, node: EditorNode): ListField {
  return makeList<string>(
    list,
    node,
    '',
    (container, value) => {
      $('<input type="text" class="wardflow-fill">')
        .attr('placeholder', list.dataset['placeholder'] ?? '')
        .attr('aria-labelledby', labelOf(list))
        .attr(list.dataset['suggestions'] === undefined ? {} : { list: list.dataset['suggestions'] })
        .val(value)
        .appendTo(container);
    },
    (container) => textIn(container.find('input')),
  );
}

export function namedList(list: HTMLOListElement, node: EditorNode): ListField {
  const empty: NamedValue = { name: '', value: '', kind: 'jsonata' };
  return makeList<NamedValue>(
    list,
    node,
    empty,
    (container, row) => {
      const line = $('<div class="wardflow-named">').appendTo(container);
      $('<input type="text" class="wardflow-name">')
        .attr('placeholder', list.dataset['placeholder'] ?? '')
        .attr('aria-labelledby', labelOf(list))
        .val(row.name)
        .appendTo(line);
      const value = $('<input type="text" class="wardflow-value">')
        .attr('aria-labelledby', labelOf(list))
        .val(linesToTabs(row.value))
        .appendTo(line);
      value.typedInput({ default: row.kind, types: rowTypes(list.dataset['kinds']?.split(',')) });
      nameExpand(line[0], node);
      value.typedInput('type', row.kind);
      value.typedInput('width', '100%');
    },
    (container) => {
      const value = container.find('.wardflow-value');
      const name = textIn(container.find('.wardflow-name'));
      const kind = value.typedInput('type') as NamedValue['kind'];
      return name === '' ? undefined : { name, value: tabsToLines(value.typedInput('value')), kind };
    },
  );
}

function makeList<T>(
  list: HTMLOListElement,
  node: EditorNode,
  empty: T,
  draw: (container: JQuery, value: T) => void,
  read: (container: JQuery) => T | undefined | '',
): ListField {
  const property = list.dataset['property'] ?? '';
  const widget = $(list).editableList<Row<T>>({
    addItem(container, _index, row) {
      draw($(container), row.value ?? empty);
      // A row that somebody adds is one that they go on to fill: an empty one is not kept, and its example looks like a value.
      if (row.value === undefined) $(container).find('input').first().trigger('focus');
    },
    removable: true,
    sortable: true,
    height: 'auto',
  });
  const saved = node[property];
  for (const value of Array.isArray(saved) ? (saved as T[]) : []) widget.editableList('addItem', { value });
  const values = (): readonly T[] =>
    (widget.editableList('items').toArray() as unknown as (JQuery | HTMLElement)[]).flatMap((item) => {
      const value = read($(item as HTMLElement));
      return value === undefined || value === '' ? [] : [value];
    });
  return { property, values };
}

/** Each entry is named as its list is. */
function labelOf(list: HTMLOListElement): string {
  const label = list.closest('.form-row')?.querySelector('label');
  if (!label) return '';
  label.id ||= `wardflow-list-${list.dataset['property'] ?? ''}`;
  return label.id;
}

function textIn(field: JQuery): string {
  const value = field.val();
  return typeof value === 'string' ? value.trim() : '';
}
