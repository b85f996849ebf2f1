/**
 * A rule table in the form of the node that decides by it: changed, tried and saved as in the console's sheet, with the same
 * checks. Saving is of its own: the form's Done says which table is meant, and not what is in it.
 */
import type { RuleTableDetail, RuleTableReport } from '../../../../runtime/api/rule-table-contract.ts';
import { otherwiseAt, trialOf, type Table } from '../../../../governance/api/rule-sheet/draft.ts';
import {
  canRedo,
  canUndo,
  firstStep,
  present,
  redone,
  stepped,
  undone,
  type Steps,
} from '../../../../governance/api/rule-sheet/steps.ts';
import { askRuntime, RuntimeRefusal } from '../ask-runtime.ts';
import { element } from '../elements.ts';
import { translate, type EditorNode } from '../red.ts';
import { ruleGrid } from './grid.ts';
import { ruleTrial } from './trial.ts';

const TYPING_MS = 300;
const MOST_FINDINGS = 8;

interface Draft {
  detail: RuleTableDetail;
  saved: Table;
  steps: Steps<Table>;
}

/** What is not saved yet, until the page is left: a form that is closed takes nothing with it. */
const drafts = new Map<string, Draft>();

export interface RuleEditorOptions {
  readonly node: EditorNode;
  /** The person and the runtime let it be changed. */
  readonly mayEdit: boolean;
  readonly detail: RuleTableDetail;
}

export function ruleEditor({ node, mayEdit, detail }: RuleEditorOptions): HTMLElement {
  const say = (key: string, values?: Readonly<Record<string, string>>): string =>
    translate(node, `kit.table.${key}`, values);
  const key = `${detail.definition}/${detail.table}`;
  const editable = mayEdit && detail.writable;
  const path = `rule-tables/${key}`;
  const kept = drafts.get(key);
  const content = detail.content as Table;
  const draft: Draft =
    editable && kept && present(kept.steps) !== kept.saved
      ? kept
      : { detail, saved: content, steps: firstStep(content) };
  drafts.set(key, draft);
  const table = (): Table => present(draft.steps);
  let report: RuleTableReport | null = null;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const button = (name: string, act: () => void): HTMLButtonElement => {
    const made = element('button', 'red-ui-button red-ui-button-small', say(name));
    made.type = 'button';
    made.addEventListener('click', act);
    return made;
  };
  const step = (next: Steps<Table>): void => {
    if (next === draft.steps) return;
    draft.steps = next;
    told.replaceChildren();
    draw();
    later();
  };
  const change = (make: (before: Table) => Table): void => step(stepped(draft.steps, make(table())));
  const grid = ruleGrid({
    label: say('rows-of', { table: detail.table }),
    editable,
    otherwise: say('otherwise'),
    table,
    change,
    undo: () => step(undone(draft.steps)),
    redo: () => step(redone(draft.steps)),
    onChoose: () => drawChosen(),
    onLeave: () => (tools.querySelector<HTMLElement>('button:not(:disabled)') ?? root).focus(),
  });
  const addRow = button('add-row', () => grid.addRow());
  const deleteRow = button('delete-row', () => grid.deleteRow());
  const undo = button('undo', () => step(undone(draft.steps)));
  const redo = button('redo', () => step(redone(draft.steps)));
  const save = button('save', () => void store());
  save.classList.add('primary');
  const tools = element('div', 'wardflow-grid-tools', addRow, deleteRow, undo, redo, save);
  const chosen = element('p', 'wardflow-grid-chosen');
  const told = element('div', 'wardflow-grid-told');
  told.setAttribute('role', 'status');
  const findings = element('ul', 'wardflow-grid-findings');
  findings.setAttribute('aria-label', say('findings'));
  findings.setAttribute('aria-live', 'polite');
  const trial = ruleTrial({ node, path, table, feeds: detail.feeds, onTyped: () => later() });
  const root = element('div', 'wardflow-rule-editor');
  root.tabIndex = -1;
  root.append(...(editable ? [tools] : []), grid.root, chosen, told, findings, trial.root);
  if (!editable) told.append(element('p', '', say(detail.writable ? 'may-not' : 'release-only')));
  else if (draft === kept) told.append(element('p', '', say('kept')));

  const wrong = (): ReadonlyMap<string, string> =>
    new Map(
      (report?.problems ?? []).flatMap(({ row, column, what }): [string, string][] =>
        row === undefined ? [] : [[`${row === 'otherwise' ? otherwiseAt(table()) : row} ${column ?? ''}`, what]],
      ),
    );
  function drawChosen(): void {
    const { row, column } = grid.chosen();
    const name = column && ('name' in column ? column.name : column.kind === 'id' ? '' : null);
    const problem = name === null || name === undefined ? undefined : wrong().get(`${row} ${name}`);
    const place = `${table().rows[row]?.id ?? say('otherwise')}, ${column?.label ?? ''}`;
    chosen.replaceChildren(
      element('strong', '', place),
      ...(problem === undefined ? [] : [' ', element('span', 'wardflow-grid-wrong', problem)]),
    );
  }
  function draw(): void {
    grid.draw(wrong());
    drawChosen();
    undo.disabled = !canUndo(draft.steps);
    redo.disabled = !canRedo(draft.steps);
    save.disabled = table() === draft.saved || (report?.problems.length ?? 0) > 0;
    const { problems = [], findings: found = [], tests = [] } = report ?? {};
    const lines = [
      ...problems.map(({ place, what }) => [say('wrong'), `${place} ${what}`.trim()] as const),
      ...tests.flatMap(({ ok, name, difference }) => (ok ? [] : [[say('fails'), `${name}: ${difference}`] as const])),
      ...found.map(({ kind, text }) => [say(`kind.${kind}`), text] as const),
    ];
    findings.replaceChildren(
      ...lines
        .slice(0, MOST_FINDINGS)
        .map(([mark, text]) => element('li', '', element('strong', '', mark), ` ${text}`)),
      ...(lines.length > MOST_FINDINGS
        ? [element('li', '', say('more', { count: String(lines.length - MOST_FINDINGS) }))]
        : []),
      ...(report && lines.length === 0 && tests.length > 0
        ? [element('li', '', say('pass', { count: String(tests.length) }))]
        : []),
    );
  }

  function later(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void check(), TYPING_MS);
  }
  const check = async (): Promise<void> => {
    // Looking at a table asks nothing of who may not change one.
    if (!mayEdit || !root.isConnected) return;
    const turn = ++asked;
    const given = trialOf(table(), trial.typed());
    try {
      const answer = await askRuntime<RuleTableReport>(`${path}/check`, {
        body: { content: table(), ...(given === null ? {} : { trial: given }) },
      });
      if (turn !== asked) return;
      report = answer;
      draw();
      trial.show(given === null ? null : answer.trial);
    } catch (error) {
      if (turn === asked) refused(error);
    }
  };
  const refused = (error: unknown): void => {
    if (!(error instanceof RuntimeRefusal)) throw error;
    const line = element('p', 'wardflow-grid-wrong', error.message);
    told.replaceChildren(line, element('p', '', error.remedy));
  };
  const store = async (): Promise<void> => {
    const wish = table();
    save.disabled = true;
    try {
      const next = await askRuntime<RuleTableDetail>(path, { body: { content: wish, base: draft.detail.version } });
      draft.detail = next;
      draft.saved = wish;
      told.replaceChildren(element('p', '', say('saved')));
    } catch (error) {
      refused(error);
    }
    draw();
  };

  draw();
  // Once it stands in the page.
  later();
  return root;
}
