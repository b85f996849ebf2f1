/** One input of a table, typed or of a pinned message, and what the table decides of it. Nothing of it is kept. */
import type { RuleTableReport, SampleValues } from '../../../../runtime/api/rule-table-contract.ts';
import type { SampleList } from '../../../../runtime/editor-api/preview-contract.ts';
import { shown, type Table } from '../../../../governance/api/rule-sheet/draft.ts';
import { askRuntime, RuntimeRefusal } from '../ask-runtime.ts';
import { element } from '../elements.ts';
import { translate, type EditorNode } from '../red.ts';

export interface Trial {
  readonly root: HTMLElement;
  typed(): Readonly<Record<string, string>>;
  show(trial: RuleTableReport['trial']): void;
}

export interface TrialOptions {
  readonly node: EditorNode;
  /** Of the table, below the editor's API. */
  readonly path: string;
  readonly table: () => Table;
  readonly feeds: readonly string[];
  readonly onTyped: () => void;
}

export function ruleTrial({ node, path, table, feeds, onTyped }: TrialOptions): Trial {
  const say = (key: string): string => translate(node, `kit.table.${key}`);
  const fields = new Map<string, HTMLInputElement>();
  const inputs = element('div', 'wardflow-grid-inputs');
  const verdict = element('div', 'wardflow-grid-verdict');
  verdict.setAttribute('aria-live', 'polite');
  const choice = element('select', 'wardflow-preview-choice');
  choice.setAttribute('aria-label', say('sample'));
  choice.hidden = true;
  const events = element('select', 'wardflow-preview-choice');
  events.setAttribute('aria-label', say('event'));
  events.hidden = true;
  let found: SampleValues | null = null;
  const root = element('details', 'wardflow-more', element('summary', '', say('try')), choice, events, inputs, verdict);

  for (const { name, label = name, unit } of table().inputs) {
    const field = element('input', '');
    field.type = 'text';
    field.autocomplete = 'off';
    field.addEventListener('input', onTyped);
    fields.set(name, field);
    inputs.append(element('label', '', unit === undefined ? label : `${label} (${unit})`, field));
  }
  const fill = (at: number): void => {
    const values = found?.events[at]?.inputs ?? {};
    for (const [name, field] of fields) field.value = shown(values[name] ?? null);
    onTyped();
  };
  const offer = async (): Promise<void> => {
    try {
      const lists = await Promise.all(feeds.map((feed) => askRuntime<SampleList>(`samples?feed=${feed}`)));
      const pinned = lists.flatMap(({ samples }) => samples.filter(({ kind, gone }) => kind === 'pinned' && !gone));
      choice.replaceChildren(
        new Option(say('sample'), ''),
        ...pinned.map(({ id, name, type }) => new Option(type === '' ? name : `${name} (${type})`, id)),
      );
      choice.hidden = pinned.length === 0;
    } catch {
      // Without samples an input is typed.
      choice.hidden = true;
    }
  };
  const take = async (): Promise<void> => {
    const message = choice.value.replace(/^pinned:/, '');
    events.hidden = true;
    verdict.replaceChildren();
    if (message === '') return;
    try {
      const body = { content: table(), message, use: crypto.randomUUID() };
      found = await askRuntime<SampleValues>(`${path}/sample-values`, { body });
      events.replaceChildren(...found.events.map(({ event }, i) => new Option(`${i + 1}: ${event}`, String(i))));
      events.hidden = found.events.length < 2;
      fill(0);
    } catch (error) {
      if (!(error instanceof RuntimeRefusal)) throw error;
      verdict.replaceChildren(element('p', 'wardflow-grid-wrong', `${error.message} ${error.remedy}`.trim()));
    }
  };
  choice.addEventListener('change', () => void take());
  events.addEventListener('change', () => fill(Number(events.value)));
  // A list of patients' messages is asked for by who wants to try one.
  root.addEventListener('toggle', () => root.open && choice.options.length === 0 && void offer());

  return {
    root,
    typed: () => Object.fromEntries([...fields].map(([name, { value }]) => [name, value])),
    show(trial) {
      if (!trial) {
        verdict.replaceChildren();
        return;
      }
      const others = trial.others.nearest.slice(0, 3).map(({ sentence }) => element('li', '', sentence));
      verdict.replaceChildren(element('p', '', trial.sentence), element('ul', '', ...others));
    },
  };
}
