/**
 * A message and the FHIR resources that it becomes, side by side: whatever is pointed at, or chosen, is marked on both sides,
 * and a line says where it came from. Fields and values are buttons, so that the keyboard reaches them, too.
 */
import type { ConversionShown, ShownField, ShownTarget } from '../../../runtime/editor-api/preview-contract.ts';
import { element } from './elements.ts';

type Say = (key: string, values?: Readonly<Record<string, string>>) => string;

interface Spot {
  readonly button: HTMLButtonElement;
  /** The field that both sides meet in; `null`: the mapping states the value. */
  readonly field: string | null;
  readonly sentence: string;
}

export function drawConversion(shown: ConversionShown, say: Say): readonly HTMLElement[] {
  const words: Say = (key, values) => say(`conversion.${key}`, values);
  const spots: Spot[] = [];
  const about = element(
    'p',
    'wardflow-preview-about',
    shown.mapping === null ? words('by-none') : words('by', { mapping: shown.mapping }),
  );
  const line = element('p', 'wardflow-lineage', words('point'));
  line.setAttribute('role', 'status');
  const sides = element('div', 'wardflow-conversion', hl7Side(shown, spots, words), fhirSide(shown, spots, words));
  follow(sides, spots, line, words('point'));
  return [about, sides, line, ...unmappedList(shown, say, words)];
}

function hl7Side({ segments, resources, more }: ConversionShown, spots: Spot[], words: Say): HTMLElement {
  const counts = new Map<string, number>();
  for (const { field } of resources.flatMap(({ values }) => values))
    if (field !== null) counts.set(field, (counts.get(field) ?? 0) + 1);
  const rows = segments.map(({ label, fields }) =>
    element(
      'li',
      '',
      element('code', 'wardflow-segment', label),
      ...fields.map((field) => fieldButton(field, counts.get(field.path) ?? 0, spots, words)),
    ),
  );
  return side(words('hl7'), element('ul', '', ...rows), more.segments, words, 'more-segments');
}

function fieldButton({ path, name, text, told }: ShownField, count: number, spots: Spot[], words: Say): HTMLElement {
  const key = !told ? 'gives-none' : count === 1 ? 'gives-one' : 'gives';
  const button = element('button', told ? 'wardflow-spot' : 'wardflow-spot wardflow-untold', text);
  button.type = 'button';
  button.title = name === '' ? path : `${path} ${name}`;
  const called = name === '' ? path : `${path} (${name})`;
  spots.push({ button, field: path, sentence: words(key, { path: called, count: String(count) }) });
  return button;
}

function fhirSide({ resources, more }: ConversionShown, spots: Spot[], words: Say): HTMLElement {
  const drawn = resources.map(({ place, values }) => {
    const [, type = place, number = '0'] = /^(\w+)\[(\d+)\]$/.exec(place) ?? [];
    const several = resources.some((one) => one.place !== place && one.place.startsWith(`${type}[`));
    return element(
      'section',
      '',
      element('h5', '', several ? `${type} ${Number(number) + 1}` : type),
      element('ul', '', ...values.map((value) => element('li', '', valueButton(value, spots, words)))),
    );
  });
  return side(words('fhir'), element('div', '', ...drawn), more.values, words, 'more-values');
}

function valueButton(value: ShownTarget, spots: Spot[], words: Say): HTMLElement {
  const { element: path, text, source, field, map } = value;
  const stated = source === null;
  const button = element(
    'button',
    stated ? 'wardflow-spot wardflow-stated' : 'wardflow-spot',
    element('span', 'wardflow-element', path),
    ' ',
    element('span', '', text),
  );
  button.type = 'button';
  const key = stated ? 'stated' : map === null ? 'from' : 'from-map';
  spots.push({ button, field, sentence: words(key, { element: path, source: source ?? '', map: map ?? '' }) });
  return button;
}

function side(title: string, content: HTMLElement, more: number, words: Say, key: string): HTMLElement {
  const rest = more > 0 ? [element('p', 'wardflow-preview-about', words(key, { count: String(more) }))] : [];
  const scrolled = element('div', 'wardflow-side', content, ...rest);
  scrolled.tabIndex = 0;
  scrolled.setAttribute('role', 'region');
  scrolled.setAttribute('aria-label', title);
  return element('div', '', element('h4', '', title), scrolled);
}

/** What is chosen stays marked until something else is; what is pointed at goes before it while it is. */
function follow(sides: HTMLElement, spots: readonly Spot[], line: HTMLElement, idle: string): void {
  const byButton = new Map(spots.map((spot) => [spot.button, spot]));
  let chosen: Spot | undefined;
  const mark = (spot: Spot | undefined): void => {
    for (const { button, field } of spots) {
      const meets = spot !== undefined && (button === spot.button || (field !== null && field === spot.field));
      button.classList.toggle('wardflow-meets', meets);
    }
    line.textContent = spot?.sentence ?? idle;
  };
  const spotOf = (target: EventTarget | null): Spot | undefined => {
    const button = target instanceof Element ? target.closest('button') : null;
    return button ? byButton.get(button) : undefined;
  };
  sides.addEventListener('pointerover', ({ target }) => mark(spotOf(target) ?? chosen));
  sides.addEventListener('pointerleave', () => mark(chosen));
  sides.addEventListener('focusin', ({ target }) => mark(spotOf(target) ?? chosen));
  sides.addEventListener('click', ({ target }) => {
    const spot = spotOf(target);
    if (!spot) return;
    chosen = spot === chosen ? undefined : spot;
    for (const { button } of spots) button.setAttribute('aria-pressed', String(button === chosen?.button));
    mark(chosen);
    if (chosen) bringIntoView(sides, chosen, spots);
  });
}

/** The other side is scrolled to what it came from, inside its own frame alone. */
function bringIntoView(sides: HTMLElement, { button, field }: Spot, spots: readonly Spot[]): void {
  const own = button.closest('.wardflow-side');
  const other = spots.find(
    (one) => field !== null && one.field === field && one.button.closest('.wardflow-side') !== own,
  );
  const frame = other?.button.closest<HTMLElement>('.wardflow-side');
  if (!other || !frame || !sides.contains(frame)) return;
  const [to, within] = [other.button.getBoundingClientRect(), frame.getBoundingClientRect()];
  if (to.top < within.top || to.bottom > within.bottom) frame.scrollTop += to.top - within.top - frame.clientHeight / 3;
}

function unmappedList({ unmapped, more }: ConversionShown, say: Say, words: Say): readonly HTMLElement[] {
  if (unmapped.length === 0) return [element('p', 'wardflow-preview-empty', words('all-told'))];
  const rows = unmapped.map(({ source, name, reason }) =>
    element(
      'li',
      '',
      element('code', '', source),
      ...(name === '' ? [] : [' ', element('span', 'wardflow-preview-name', name)]),
      element('span', 'wardflow-reason', say(`reason.${reason}`)),
    ),
  );
  const rest =
    more.unmapped > 0
      ? [element('p', 'wardflow-preview-about', words('more-unmapped', { count: String(more.unmapped) }))]
      : [];
  return [
    element('h4', '', words('unmapped', { count: String(unmapped.length + more.unmapped) })),
    element('ul', 'wardflow-unmapped', ...rows),
    ...rest,
  ];
}
