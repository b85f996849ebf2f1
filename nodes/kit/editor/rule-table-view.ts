/**
 * Under the name of a rule table: its rows, to change where that may be, and the way to the sheet in the console. A large one,
 * or one of a Node-RED that runs by itself, shows its first rows, to read.
 */
import type { RuleTableDetail } from '../../../runtime/api/rule-table-contract.ts';
import type { RuleTableGlance } from '../choices.ts';
import { askRuntime } from './ask-runtime.ts';
import { mayWriteFlows, translate, type EditorNode } from './red.ts';
import { ruleEditor } from './rule-grid/rule-editor.ts';

const AGAIN_MS = 400;
/** Rows that a form draws as a grid. */
const MOST_ROWS = 300;

export function ruleTableView(place: HTMLElement, field: HTMLInputElement, node: EditorNode): void {
  let shown = '';
  let timer: number | undefined;
  const look = (): void => {
    const name = field.value.trim();
    if (name === shown || !place.isConnected) return;
    shown = name;
    place.replaceChildren();
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) return;
    $.getJSON(`wardflow/rule-tables/${encodeURIComponent(node.z)}/${name}`, (glance: RuleTableGlance) => {
      if (shown !== name) return;
      draw(place, glance, node);
      void openGrid(place, glance, { node, name, isShown: () => shown === name && place.isConnected });
    }).fail(() => undefined);
  };
  // The list of choices sets the field without an event of its own that bubbles: whatever happens, it is looked at once more.
  const later = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, AGAIN_MS);
  };
  $(field).on('input change blur autocompletechange', later);
  look();
}

interface Shown {
  readonly node: EditorNode;
  readonly name: string;
  readonly isShown: () => boolean;
}

/** In the place of the first rows, once the runtime has given all of them. */
async function openGrid(place: HTMLElement, glance: RuleTableGlance, { node, name, isShown }: Shown): Promise<void> {
  if (glance.total > MOST_ROWS) return;
  const detail = await askRuntime<RuleTableDetail>(`rule-tables/${glance.definition}/${name}`).catch(() => null);
  // Without an answer what is there is read; a table of _shared is changed in the console.
  if (!detail || !isShown()) return;
  place.querySelector('.wardflow-table')?.remove();
  const line = place.querySelector('p')?.firstChild;
  const { total, hitPolicy } = glance;
  if (line) line.textContent = translate(node, 'kit.table.all', { total: String(total), hitPolicy });
  place.append(ruleEditor({ node, mayEdit: mayWriteFlows(), detail }));
}

function draw(place: HTMLElement, glance: RuleTableGlance, node: EditorNode): void {
  const { columns, rows, total, hitPolicy, page } = glance;
  const made = <Tag extends keyof HTMLElementTagNameMap>(tag: Tag, text = ''): HTMLElementTagNameMap[Tag] => {
    const one = document.createElement(tag);
    one.textContent = text;
    return one;
  };
  const scroll = made('div');
  scroll.className = 'wardflow-table';
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', glance.title);
  const table = made('table');
  const head = made('tr');
  head.append(...columns.map((column) => Object.assign(made('th', column), { scope: 'col' })));
  table.append(head);
  for (const cells of rows) {
    const row = made('tr');
    row.append(...cells.map((text) => made('td', text)));
    table.append(row);
  }
  scroll.append(table);
  // Those of _shared are with it.
  const elsewhere = rows.length === 0 && total > 0;
  const line = made(
    'p',
    translate(node, `kit.table.${elsewhere ? 'shared' : 'rows'}`, {
      shown: String(rows.length),
      total: String(total),
      hitPolicy,
    }),
  );
  const link = made('a', translate(node, 'kit.table.open'));
  $.getJSON('wardflow/editor/context', (context: { readonly console: string }) => {
    link.href = `${context.console}${page}`;
    link.target = '_blank';
    link.rel = 'noopener';
    line.append(' ', link);
  }).fail(() => undefined);
  place.replaceChildren(line, ...(elsewhere ? [] : [scroll]));
}
