/**
 * Production runs a version of a definition that staging never had: somebody brought it there from elsewhere. Proposing what
 * staging runs would undo that unseen, so both changes are shown, put together on staging, and only then proposed.
 */
import type { DefinitionConflict, VersionFiles } from '../../governance/api/proposal-contract.ts';
import {
  describeChange,
  diffDefinitions,
  readContent,
  threeWay,
  type ChangeLine,
  type DefinitionContent,
  type FlowNode,
  type Side,
} from '../../governance/diff/index.ts';
import { choices, meetingTable, row } from './conflict-view.ts';
import { editor } from './editor.ts';
import { button, element, fill, timeOf } from './elements.ts';
import { askConflict, askFlows, deploy, Refusal, takeOver } from './requests.ts';

const TITLE = 'Production was changed past staging';
const FLOW = 'flow.json';

/** @param done staging has both now */
export async function openProductionConflict(definition: string, done: () => void): Promise<void> {
  const place = element('dialog', { class: 'wf-conflicts', 'aria-label': TITLE });
  document.body.append(place);
  place.addEventListener('close', () => place.remove());
  fill(place, element('h2', {}, TITLE), element('p', {}, 'Looking…'));
  place.showModal();
  try {
    show(place, await askConflict(definition), done);
  } catch (error) {
    fail(place, error);
  }
}

function show(place: HTMLDialogElement, conflict: DefinitionConflict, done: () => void): void {
  const { base, theirs, mine, definition, orderedBy, orderedAt } = conflict;
  const both = threeWay(nodesIn(base), nodesIn(theirs), nodesIn(mine));
  const chosen = new Map<string, Side>();
  const byHand = otherFiles(conflict);
  const seen = element('input', { type: 'checkbox', id: 'wf-by-hand' });
  const go = button('Put both together on staging', 'red-ui-button primary', () => void finish());
  const update = (): void => {
    go.disabled = chosen.size < both.conflicts.length || (byHand.length > 0 && !seen.checked) || editor.nodes.dirty();
  };
  seen.addEventListener('change', update);
  const finish = async (): Promise<void> => {
    go.disabled = true;
    try {
      const own = nodesIn(mine);
      const merged = both.merged(chosen);
      if (JSON.stringify(merged) !== JSON.stringify(own)) {
        const { flows, rev } = await askFlows();
        const ids = new Set(own.map(({ id }) => id));
        await deploy({ flows: [...flows.filter(({ id }) => !ids.has(id)), ...merged], rev });
      }
      if (theirs) await takeOver(definition, theirs.version);
      done();
      location.reload();
    } catch (error) {
      fail(place, error);
    }
  };
  fill(
    place,
    element('h2', {}, TITLE),
    element(
      'p',
      {},
      `${orderedBy} had production run another version of this at ${timeOf(orderedAt)}. Staging never ran it, so proposing what staging runs would undo it. Nothing changes in production by what you do here.`,
    ),
    meetingTable('In production', [row(definition, changed(base, theirs), changed(base, mine))]),
    ...choices(both.conflicts, 'production', ({ key }, side) => {
      chosen.set(key, side);
      update();
    }),
    byHand.length === 0
      ? null
      : element(
          'label',
          { class: 'wf-also', for: 'wf-by-hand' },
          seen,
          `I have taken over by hand, in the flows folder, what is to be kept of ${byHand.join(', ')}.`,
        ),
    editor.nodes.dirty() ? element('p', { class: 'wf-problem' }, 'Deploy your changes first.') : null,
    element(
      'div',
      { class: 'wf-buttons' },
      button('Not now', 'red-ui-button', () => place.close()),
      go,
    ),
  );
  update();
  place.querySelector<HTMLElement>('input, button')?.focus();
}

function fail(place: HTMLDialogElement, error: unknown): void {
  const text = error instanceof Refusal ? `${error.message} ${error.remedy}` : 'The changes could not be compared.';
  fill(
    place,
    element('h2', {}, TITLE),
    element('p', { class: 'wf-problem', role: 'alert' }, text),
    element(
      'div',
      { class: 'wf-buttons' },
      button('Close', 'red-ui-button', () => place.close()),
    ),
  );
}

function nodesIn(version: VersionFiles | null): readonly FlowNode[] {
  const flow = contentOf(version).get(FLOW);
  return flow?.kind === 'flow' ? flow.nodes : [];
}

const contentOf = (version: VersionFiles | null): DefinitionContent => readContent(version?.files ?? {});

function changed(before: VersionFiles | null, after: VersionFiles | null): readonly ChangeLine[] {
  const contents = { before: contentOf(before), after: contentOf(after) };
  return describeChange(diffDefinitions(contents.before, contents.after), contents).filter(
    ({ kind }) => kind !== 'layout',
  );
}

/** The editor holds the flow only: what production changed in other files a person takes over. */
const otherFiles = ({ base, theirs, mine }: DefinitionConflict): readonly string[] =>
  [...new Set(Object.keys({ ...base?.files, ...theirs?.files }))].filter(
    (path) => path !== FLOW && theirs?.files[path] !== base?.files[path] && theirs?.files[path] !== mine?.files[path],
  );
