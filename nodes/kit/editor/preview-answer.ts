/** Draws what a preview came to: a line for each field, and what changes in the message. */
import type {
  MessageChanges,
  PreviewAnswer,
  SegmentChange,
  ShownRow,
} from '../../../runtime/editor-api/preview-contract.ts';
import { drawConversion } from './conversion-view.ts';
import { element } from './elements.ts';

export interface Words {
  readonly say: (key: string, values?: Readonly<Record<string, string>>) => string;
  readonly labelOf: (field: string) => string;
}

export function drawAnswer({ rows, changes, conversion }: PreviewAnswer, words: Words): readonly HTMLElement[] {
  const drawn: HTMLElement[] = [];
  if (rows.length > 0) drawn.push(element('dl', 'wardflow-preview-rows', ...rows.map((row) => drawRow(row, words))));
  if (changes) drawn.push(...drawChanges(changes, words));
  if (conversion) drawn.push(...drawConversion(conversion, words.say));
  if (rows.some(({ path, problem }) => path === null && problem === null))
    drawn.push(element('p', 'wardflow-preview-about', words.say('note')));
  if (drawn.length === 0) drawn.push(element('p', 'wardflow-preview-empty', words.say('nothing')));
  return drawn;
}

export function problemLine(title: string, remedy: string): HTMLElement {
  return element('p', 'wardflow-preview-problem', element('strong', '', title), ` ${remedy}`);
}

function drawRow(row: ShownRow, { say, labelOf }: Words): HTMLElement {
  const { field, label, path, name, before, value, more, skipped, problem } = row;
  const head = element('dt', '');
  const step = /^steps\[(\d+)\]$/.exec(field)?.[1];
  if (step !== undefined) head.append(`${Number(step) + 1}. `);
  if (path === null) head.append(label === null ? labelOf(field) : `${labelOf(field)}: ${label}`);
  else
    head.append(
      element('code', '', path),
      ...(name === '' ? [] : [' ', element('span', 'wardflow-preview-name', name)]),
    );
  const shown = element('dd', '');
  if (problem) shown.append(problemLine(problem.title, problem.remedy));
  else if (skipped) shown.append(element('em', '', say('skipped')));
  else {
    if (before !== null)
      shown.append(
        element('del', '', before === '' ? say('value-empty') : before),
        element('span', 'wardflow-preview-arrow', ' → '),
      );
    shown.append(...valueParts(value, say));
    // It scrolls, which takes a key where there is no wheel.
    if (isLong(value.text)) shown.tabIndex = 0;
    if (more > 0) shown.append(element('em', '', ` ${say('more-places', { count: String(more) })}`));
  }
  return element('div', '', head, shown);
}

const isLong = (text: string): boolean => text.length > 300 || text.split('\n').length > 10;

function valueParts({ state, text, cut }: ShownRow['value'], say: Words['say']): readonly HTMLElement[] {
  if (state === 'empty') return [element('em', '', say('value-empty'))];
  const made = element('span', 'wardflow-preview-value', text);
  if (state === 'null') return [made, element('em', '', ` ${say('value-null')}`)];
  return cut ? [made, element('em', '', ` ${say('cut')}`)] : [made];
}

function drawChanges({ made, segments, more }: MessageChanges, { say }: Words): readonly HTMLElement[] {
  if (segments.length === 0) return [element('p', 'wardflow-preview-empty', say('unchanged'))];
  const list = element('ul', 'wardflow-preview-changes', ...segments.map((one) => drawChange(one, say)));
  const left = more > 0 ? [element('p', 'wardflow-preview-about', say('more', { count: String(more) }))] : [];
  return [element('h4', '', say(made ? 'made' : 'changes')), list, ...left];
}

function drawChange({ place, before, after }: SegmentChange, say: Words['say']): HTMLElement {
  const line = (kind: 'before' | 'after', text: string, other: string | null): HTMLElement => {
    const sign = element('span', 'wardflow-preview-sign', kind === 'before' ? '−' : '+');
    sign.setAttribute('aria-hidden', 'true');
    const said = element('span', 'wardflow-unseen', `${say(kind)}: `);
    return element('div', `wardflow-preview-${kind}`, sign, said, ...marked(text, other));
  };
  return element(
    'li',
    '',
    // Its name is what it begins with.
    ...(place.includes('[') ? [element('code', '', place)] : []),
    ...(before === null ? [] : [line('before', before, after)]),
    ...(after === null ? [] : [line('after', after, before)]),
  );
}

/** What differs from the other, between what both begin and end with. */
function marked(text: string, other: string | null): readonly (Node | string)[] {
  if (other === null) return [text];
  let from = 0;
  while (from < text.length && from < other.length && text[from] === other[from]) from++;
  let end = 0;
  while (end < text.length - from && end < other.length - from && text.at(-1 - end) === other.at(-1 - end)) end++;
  const middle = text.slice(from, text.length - end);
  return [text.slice(0, from), ...(middle === '' ? [] : [element('mark', '', middle)]), text.slice(text.length - end)];
}
