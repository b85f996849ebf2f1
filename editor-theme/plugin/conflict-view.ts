/** What others changed and what I change, in words per tab; and where both changed the same, the three values beside one another. */
import {
  describeChange,
  diffDefinitions,
  readContent,
  type ChangeLine,
  type DefinitionContent,
  type FlowConflict,
  type FlowNode,
  type Json,
  type Side,
} from '../../governance/diff/index.ts';
import { element, timeOf } from './elements.ts';

type Flows = readonly FlowNode[];

export interface Meeting {
  readonly base: Flows;
  readonly theirs: Flows;
  readonly mine: Flows;
  /** Who deployed last; `null`: it is not known. */
  readonly by: { readonly by: string; readonly at: number } | null;
  readonly conflicts: readonly FlowConflict[];
}

export function conflictView(
  { base, theirs, mine, by, conflicts }: Meeting,
  choose: (conflict: FlowConflict, side: Side) => void,
): readonly HTMLElement[] {
  const who = by ? `${by.by} deployed at ${timeOf(by.at)}` : 'Somebody deployed';
  const tabs = tabsOf(base, theirs, mine);
  const rows = tabs.map(({ id, label }) => row(label, changed(base, theirs, id), changed(base, mine, id)));
  return [
    element('h2', { id: 'wf-conflicts-title' }, 'Somebody else has deployed meanwhile'),
    element('p', {}, `${who}, after you began. Nothing of it is overwritten: both changes are put together.`),
    meetingTable(by ? `Deployed by ${by.by}` : 'Deployed', rows),
    ...choices(conflicts, by?.by ?? 'deployed', choose),
  ];
}

/** `null`: neither changed anything there. */
export function row(label: string, theirs: readonly ChangeLine[], mine: readonly ChangeLine[]): HTMLElement | null {
  if (theirs.length + mine.length === 0) return null;
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, label),
    element('td', {}, lines(theirs)),
    element('td', {}, lines(mine)),
  );
}

export function meetingTable(theirs: string, rows: readonly (HTMLElement | null)[]): HTMLElement {
  const heads = ['What', theirs, 'Yours'].map((text) => element('th', { scope: 'col' }, text));
  return element(
    'table',
    { class: 'wf-meeting' },
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...rows),
  );
}

export function choices(
  conflicts: readonly FlowConflict[],
  who: string,
  choose: (conflict: FlowConflict, side: Side) => void,
): readonly HTMLElement[] {
  if (conflicts.length === 0) return [element('p', { class: 'wf-good' }, 'The changes do not touch one another.')];
  return [
    element('h3', {}, 'Both changed these: choose'),
    ...conflicts.map((conflict, i) => choice(conflict, i, who, choose)),
  ];
}

function choice(
  conflict: FlowConflict,
  number: number,
  who: string,
  choose: (conflict: FlowConflict, side: Side) => void,
): HTMLElement {
  const { name, type, property, base, theirs, mine } = conflict;
  const option = (side: Side, label: string, value: Json | undefined): HTMLElement => {
    const input = element('input', { type: 'radio', name: `wf-conflict-${number}`, value: side });
    input.addEventListener('change', () => choose(conflict, side));
    return element('label', {}, input, element('strong', {}, label), element('code', {}, shown(value, property)));
  };
  return element(
    'fieldset',
    { class: 'wf-choice' },
    element('legend', {}, `${name} (${type})${property === null ? '' : `: ${property}`}`),
    element('div', {}, element('strong', {}, 'before'), element('code', {}, shown(base, property))),
    option('theirs', who, theirs),
    option('mine', 'yours', mine),
  );
}

const LONGEST = 600;

function shown(value: Json | undefined, property: string | null): string {
  if (value === undefined) return property === null ? 'removed' : 'not set';
  if (property === null) return 'kept, with changes';
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const MOST = 20;

function lines(list: readonly ChangeLine[]): HTMLElement {
  if (list.length === 0) return element('span', { class: 'wf-remedy' }, 'nothing');
  const items = list
    .slice(0, MOST)
    .map(({ text, safety }) => element('li', { class: `wf-${safety ?? 'plain'}` }, text));
  if (list.length > MOST) items.push(element('li', {}, `and ${list.length - MOST} more`));
  return element('ul', {}, ...items);
}

const OUTSIDE = '';

/** Tabs in order, and what lies in none. */
function tabsOf(...versions: readonly Flows[]): readonly { readonly id: string; readonly label: string }[] {
  const tabs = new Map<string, string>();
  for (const node of versions.flat())
    if (node.type === 'tab') tabs.set(node.id, typeof node['label'] === 'string' ? node['label'] : node.id);
  return [...[...tabs].map(([id, label]) => ({ id, label })), { id: OUTSIDE, label: 'Shared parts' }];
}

function changed(before: Flows, after: Flows, tab: string): readonly ChangeLine[] {
  const tabs = new Set([...before, ...after].flatMap(({ type, id }) => (type === 'tab' ? [id] : [])));
  const of = (flows: Flows): DefinitionContent =>
    contentOf(
      flows.filter((node) => {
        const z = typeof node['z'] === 'string' ? node['z'] : '';
        const home = node.type === 'tab' ? node.id : tabs.has(z) ? z : OUTSIDE;
        return home === tab;
      }),
    );
  const contents = { before: of(before), after: of(after) };
  const others = [contentOf(before), contentOf(after)];
  return describeChange(diffDefinitions(contents.before, contents.after), { ...contents, others }).filter(
    ({ kind }) => kind !== 'layout',
  );
}

const contentOf = (nodes: Flows): DefinitionContent => readContent({ 'flow.json': JSON.stringify(nodes) });
