/** The definition of the tab in view: why it is there, what staging changes of production, what the checks say, proposals. */
import type { EditorDefinition } from '../../governance/api/proposal-contract.ts';
import type { ChangeLine } from '../../governance/diff/index.ts';
import { editor } from './editor.ts';
import { button, element, timeOf } from './elements.ts';
import { openProductionConflict } from './production-conflict.ts';
import type { InView } from './requests.ts';

type Known = EditorDefinition;
const MOST_LINES = 12;

export function definitionView(inView: InView, address: string, refresh: () => void): readonly HTMLElement[] {
  const { intent, name, version, deployed, known, problem } = inView;
  return [
    element(
      'header',
      {},
      element('h3', {}, intent.title),
      element('span', { class: `wf-risk wf-risk-${intent.risk}` }, `${intent.risk} risk`),
      element('p', {}, intent.purpose),
      element(
        'dl',
        {},
        ...term('Owner', `${intent.owner.name}, ${intent.owner.role}`),
        ...term('Definition', name),
        ...term('Version', version.slice(0, 12), version),
        ...(deployed ? term('Deployed', `by ${deployed.by}, ${timeOf(deployed.at)}`) : []),
      ),
    ),
    ...(problem ? [element('p', { class: 'wf-problem', role: 'alert' }, `${problem.title} ${problem.remedy}`)] : []),
    ...(known?.conflict === true ? [conflictNotice(name, refresh)] : []),
    ...(known ? [changes(known), checks(known.findings), proposals(known.proposals, address)] : []),
  ];
}

function conflictNotice(name: string, refresh: () => void): HTMLElement {
  const look = button('Look at both changes…', 'red-ui-button', () => void openProductionConflict(name, refresh));
  return element(
    'div',
    { class: 'wf-problem' },
    element('p', {}, 'Production runs a version of this that staging never had.'),
    look,
  );
}

const term = (name: string, value: string, title = ''): readonly HTMLElement[] => [
  element('dt', {}, name),
  element('dd', title === '' ? {} : { title }, value),
];

function section(title: string, ...children: readonly (HTMLElement | string)[]): HTMLElement {
  return element('section', {}, element('h4', {}, title), ...children);
}

function changes({ production, differs }: Known): HTMLElement {
  if (production === null)
    return section('Changed from production', element('p', {}, 'Production does not have this definition yet.'));
  if (differs.length === 0)
    return section('Changed from production', element('p', {}, 'Nothing: production runs the same.'));
  const more = differs.length - MOST_LINES;
  return section(
    `Changed from production (${differs.length})`,
    element('ul', { class: 'wf-changes' }, ...differs.slice(0, MOST_LINES).map(changeItem)),
    ...(more > 0 ? [element('p', {}, `and ${more} more`)] : []),
  );
}

function changeItem({ text, safety, place }: ChangeLine): HTMLElement {
  const mark = safety === 'loosens' ? 'May leave somebody untold. ' : '';
  const item = element('li', { class: `wf-${safety ?? 'plain'}` }, mark === '' ? '' : element('strong', {}, mark));
  item.append(place.node === undefined ? text : nodeLink(place.node, text));
  return item;
}

function checks(findings: Known['findings']): HTMLElement {
  if (findings.length === 0) return section('Checks', element('p', { class: 'wf-good' }, '✓ Nothing was found.'));
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const items = findings.map(({ severity, node, file, text, remedy }) =>
    element(
      'li',
      { class: `wf-${severity}` },
      element('strong', {}, `${severity}: `),
      node ? nodeLink(node.id, text) : `${file}: ${text}`,
      element('span', { class: 'wf-remedy' }, ` ${remedy}`),
    ),
  );
  const title = `Checks (${findings.length}${errors > 0 ? `, ${errors} ${errors === 1 ? 'error' : 'errors'}` : ''})`;
  return section(title, element('ul', { class: 'wf-findings' }, ...items));
}

/** To the node on the canvas; what is not there (a file's row, a node of another tab that is gone) is plain text. */
function nodeLink(id: string, text: string): HTMLElement {
  const link = button(text, 'wf-link', () => {
    const node = editor.nodes.node(id);
    if (!node) return;
    editor.view.reveal(id);
    editor.view.select({ nodes: [node] });
  });
  link.dataset['key'] = `${id} ${text.slice(0, 80)}`;
  link.title = 'Show it';
  return link;
}

function proposals(list: Known['proposals'], address: string): HTMLElement {
  if (list.length === 0) return section('Proposals', element('p', {}, 'None of this definition.'));
  const items = list.map(({ number, title, state, outdated, author, waitsFor }) =>
    element(
      'li',
      {},
      element(
        'a',
        {
          href: `${address}/proposals/${number}`,
          target: '_blank',
          rel: 'noreferrer',
          'data-key': `proposal ${number}`,
        },
        `${number}. ${title}`,
      ),
      element('span', { class: `wf-state wf-state-${state}` }, outdated === null ? state : `${state}, outdated`),
      element('span', { class: 'wf-remedy' }, ` by ${author}${waitsFor === '' ? '' : `; waits for ${waitsFor}`}`),
    ),
  );
  return section('Proposals', element('ul', { class: 'wf-proposals' }, ...items));
}
