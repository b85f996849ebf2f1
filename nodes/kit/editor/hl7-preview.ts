/**
 * The panel of a form that shows what the node makes of a sample message, while its settings are typed. Samples are those of
 * the definition, and the messages pinned to the node's feed. A pinned one is a patient's: it is never chosen by itself.
 */
import type {
  PreviewAnswer,
  PreviewWish,
  SampleChoice,
  SampleList,
  ShownRow,
} from '../../../runtime/editor-api/preview-contract.ts';
import { askRuntime, NoRuntime, RuntimeRefusal } from './ask-runtime.ts';
import { element } from './elements.ts';
import { FieldProblems } from './field-problems.ts';
import { drawAnswer, problemLine } from './preview-answer.ts';
import { translate, type EditorNode } from './red.ts';

export interface PreviewOptions {
  readonly node: EditorNode;
  /** Of the form's fields: `node-input`. */
  readonly prefix: string;
  readonly nodeType: string;
  /** What stands in the form. */
  readonly config: () => object;
  readonly feed: () => string | null;
  /** Hears what came out on the sample; nothing while none is shown. */
  readonly told?: (rows: readonly ShownRow[]) => void;
}

export interface Preview {
  /** Something was typed. */
  changed(): void;
  /** MSH-12 of the sample that is shown; `null`: none is. */
  version(): string | null;
  close(): void;
}

const TYPING_MS = 250;
const BUSY_MS = 2_000;

/** By feed, while the editor is open: the next form begins with the same message. */
const lastChosen = new Map<string, string>();

export function preview(container: HTMLElement, options: PreviewOptions): Preview {
  const { node, prefix, nodeType, config, feed, told } = options;
  const say = (key: string, values?: Readonly<Record<string, string>>): string =>
    translate(node, `kit.preview.${key}`, values);
  const choice = element('select', 'wardflow-preview-choice');
  choice.setAttribute('aria-label', say('choose'));
  const about = element('p', 'wardflow-preview-about');
  const body = element('div', 'wardflow-preview-body');
  const status = element('span', 'wardflow-unseen');
  status.setAttribute('role', 'status');
  container.classList.add('wardflow-preview');
  container.replaceChildren(element('div', 'wardflow-preview-head', choice), about, body, status);
  const problems = new FieldProblems(container.closest('form') ?? container, prefix);
  let samples: readonly SampleChoice[] = [];
  let listedFor: string | null | undefined;
  let use = crypto.randomUUID();
  let shownFor = '';
  let version: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;
  let closed = false;

  const tell = (...content: readonly (Node | string)[]): void => body.replaceChildren(...content);
  const forget = (): void => {
    running?.abort();
    shownFor = '';
    version = null;
    about.textContent = '';
    problems.clear();
    told?.([]);
  };
  const tabOf = (): string | null => (typeof node.z === 'string' && node.z !== '' ? node.z : null);

  const load = async (): Promise<void> => {
    const of = feed();
    listedFor = of;
    forget();
    const query = new URLSearchParams({
      ...(of !== null && { feed: of }),
      ...(tabOf() !== null && { node: tabOf() ?? '' }),
    });
    try {
      const list = await askRuntime<SampleList>(`samples?${query.toString()}`);
      if (closed || listedFor !== of) return;
      samples = list.samples;
      offer(of);
      if (list.withheld) choice.title = `${list.withheld.title} ${list.withheld.remedy}`;
    } catch (error) {
      samples = [];
      offer(of);
      refused(error);
    }
  };

  const offer = (of: string | null): void => {
    const files = samples.filter(({ kind }) => kind === 'file');
    const pinned = samples.filter(({ kind }) => kind === 'pinned');
    const remembered = lastChosen.get(of ?? '');
    // By itself only what was made up.
    const first = files.find(({ id }) => id === remembered) ?? files[0];
    choice.replaceChildren(
      new Option(say(samples.length === 0 ? 'none' : 'choose'), ''),
      ...[...new Set(files.map(({ from }) => from))].map((from) =>
        group(
          say('made-up', { definition: from }),
          files.filter((one) => one.from === from),
          say,
        ),
      ),
      ...(pinned.length > 0 ? [group(say('pinned'), pinned, say)] : []),
    );
    choice.hidden = samples.length === 0;
    choice.value = first?.id ?? '';
    if (samples.length === 0) tell(element('p', 'wardflow-preview-empty', say('empty')));
    else void show();
  };

  const show = async (): Promise<void> => {
    const sample = choice.value;
    if (sample === '') {
      // Why there is nothing to choose from stays.
      if (samples.length === 0) return;
      forget();
      tell(element('p', 'wardflow-preview-empty', say('not-chosen')));
      return;
    }
    const wish: PreviewWish = {
      sample,
      use,
      feed: feed(),
      tab: tabOf(),
      node: { type: nodeType, config: { ...config() } },
    };
    const asked = JSON.stringify(wish);
    if (asked === shownFor) return;
    running?.abort();
    const mine = (running = new AbortController());
    body.setAttribute('aria-busy', 'true');
    try {
      const answer = await askRuntime<PreviewAnswer>('preview', { body: wish, signal: mine.signal });
      if (mine.signal.aborted) return;
      shownFor = asked;
      draw(answer);
    } catch (error) {
      if (mine.signal.aborted) return;
      refused(error);
      if (error instanceof RuntimeRefusal && error.status === 429) timer = setTimeout(() => void show(), BUSY_MS);
    }
    body.removeAttribute('aria-busy');
  };

  const draw = (answer: PreviewAnswer): void => {
    const { type, version: stated, events } = answer.message;
    version = stated === '' ? null : stated;
    const facts = [
      type,
      stated === '' ? '' : `HL7 ${stated}`,
      events > 1 ? say('events', { count: String(events) }) : '',
    ];
    about.textContent = facts.filter((fact) => fact !== '').join(' · ');
    tell(...drawAnswer(answer, { say, labelOf }));
    problems.show(answer.rows);
    told?.(answer.rows);
    const wrong = answer.rows.filter(({ problem }) => problem !== null).length;
    status.textContent = wrong === 0 ? '' : say('wrong', { count: String(wrong) });
  };
  const refused = (error: unknown): void => {
    problems.clear();
    shownFor = '';
    if (error instanceof NoRuntime) {
      choice.hidden = true;
      tell(element('p', 'wardflow-preview-empty', `${say('no-runtime')} ${say('no-runtime-remedy')}`));
      return;
    }
    const refusal = error instanceof RuntimeRefusal ? error : new RuntimeRefusal(0, say('failed'), '');
    tell(problemLine(refusal.message, refusal.remedy));
    status.textContent = refusal.message;
  };
  /** What the form calls a field. */
  const labelOf = (field: string): string => {
    const key = `label.${field.replace(/\[\d+\]$/, '')}`;
    const label = translate(node, key);
    return label === key ? field : label;
  };

  choice.addEventListener('change', (event) => {
    // The form's own listeners would take it for one of its fields.
    event.stopPropagation();
    use = crypto.randomUUID();
    if (choice.value !== '') lastChosen.set(feed() ?? '', choice.value);
    void show();
  });
  void load();

  return {
    changed() {
      clearTimeout(timer);
      timer = setTimeout(() => void (feed() === listedFor ? show() : load()), TYPING_MS);
    },
    version: () => version,
    close() {
      closed = true;
      clearTimeout(timer);
      running?.abort();
      problems.clear();
    },
  };
}

function group(
  label: string,
  samples: readonly SampleChoice[],
  say: (key: string, values?: Readonly<Record<string, string>>) => string,
): HTMLOptGroupElement {
  const made = element('optgroup', '');
  made.label = label;
  for (const { id, name, kind, from, type, gone } of samples) {
    const facts = [type, kind === 'pinned' ? say('by', { person: from }) : '', gone ? say('gone') : ''];
    const told = facts.filter((fact) => fact !== '').join(', ');
    const option = new Option(told === '' ? name : `${name} (${told})`, id);
    option.disabled = gone;
    made.append(option);
  }
  return made;
}
