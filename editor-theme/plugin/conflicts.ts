/**
 * Somebody else has deployed since this editor was loaded. Node-RED would offer to ignore that; here both changes are shown in
 * words, whoever deploys chooses where they meet, and nothing is overwritten unseen.
 */
import { threeWay, type FlowConflict, type FlowNode, type Side, type ThreeWay } from '../../governance/diff/index.ts';
import { conflictView } from './conflict-view.ts';
import { editor } from './editor.ts';
import { button, element, fill } from './elements.ts';
import { askDeploys, askFlows, deploy, Refusal, type DeployedFlows } from './requests.ts';

/** In every form of Node-RED's own dialog. */
const REVIEW = '#red-ui-deploy-dialog-confirm-deploy-review';
const loadedAt = Date.now();

export function watchConflicts(): void {
  const look = new MutationObserver(() => {
    const found = document.querySelector(REVIEW);
    const dialog = found?.closest<HTMLElement>('.red-ui-notification');
    if (!dialog || dialog.hidden) return;
    dialog.hidden = true;
    document.querySelector('#red-ui-deploy-dialog-confirm-deploy-overwrite')?.remove();
    // Its first button closes it, and takes the shade away.
    dialog.querySelector<HTMLElement>('.ui-dialog-buttonset button')?.click();
    void open();
  });
  look.observe(document.body, { childList: true, subtree: true });
}

let dialog: HTMLDialogElement | null = null;

async function open(): Promise<void> {
  dialog?.remove();
  const made = element('dialog', { class: 'wf-conflicts', 'aria-labelledby': 'wf-conflicts-title' });
  dialog = made;
  document.body.append(made);
  fill(
    made,
    element('h2', { id: 'wf-conflicts-title' }, 'Somebody else has deployed meanwhile'),
    element('p', {}, 'Looking…'),
  );
  made.showModal();
  made.addEventListener('close', () => made.remove());
  try {
    const theirs = await askFlows();
    const deploys = await askDeploys(loadedAt);
    // An editor that was loaded again has what was deployed: nothing meets.
    show(made, theirs, deploys.at(0) ?? null);
  } catch (error) {
    fail(made, error);
  }
}

function show(
  place: HTMLDialogElement,
  theirs: DeployedFlows,
  by: { readonly by: string; readonly at: number } | null,
): void {
  const base = plain(editor.nodes.originalFlow());
  const mine = plain(editor.nodes.createCompleteNodeSet());
  const both: ThreeWay = threeWay(base, theirs.flows, mine);
  const choices = new Map<string, Side>();
  const go = button('Put both together and deploy', 'red-ui-button primary', () => void finish());
  const missing = element('span', { class: 'wf-remedy', role: 'status' });
  const update = (): void => {
    const left = both.conflicts.length - choices.size;
    go.disabled = left > 0;
    missing.textContent = left > 0 ? `${left} ${left === 1 ? 'choice' : 'choices'} to make` : '';
  };
  const choose = ({ key }: FlowConflict, side: Side): void => {
    choices.set(key, side);
    update();
  };
  const finish = async (): Promise<void> => {
    go.disabled = true;
    try {
      await deploy({ flows: both.merged(choices), rev: theirs.rev });
      editor.nodes.dirty(false);
      location.reload();
    } catch (error) {
      // Somebody was faster again: what they did is shown, too.
      if (error instanceof Refusal && error.status === 409) void open();
      else fail(place, error);
    }
  };
  fill(
    place,
    ...conflictView({ base, theirs: theirs.flows, mine, by, conflicts: both.conflicts }, choose),
    element(
      'div',
      { class: 'wf-buttons' },
      missing,
      button('Go on editing', 'red-ui-button', () => place.close()),
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
    element('h2', {}, 'Somebody else has deployed meanwhile'),
    element('p', { class: 'wf-problem', role: 'alert' }, text),
    element(
      'div',
      { class: 'wf-buttons' },
      button('Close', 'red-ui-button', () => place.close()),
    ),
  );
}

/** As it would be sent: without what the editor keeps beside. */
const plain = (nodes: readonly FlowNode[]): readonly FlowNode[] =>
  JSON.parse(JSON.stringify(nodes)) as readonly FlowNode[];
