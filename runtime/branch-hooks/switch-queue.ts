/**
 * Which message a `switch` dropped. Node-RED's switch never says that it has finished with a message, and where no rule
 * matches it sends an empty list that names neither node nor message. But it takes its messages strictly in order, and
 * the asynchronous context of that empty list is one of its own messages. So whatever it decides, the messages before
 * it are decided too, and an empty list belongs to the oldest that is not.
 *
 * That does not hold where it collects message sequences (`repair`, or a rule for the tail): there the lease is the net.
 */
import type { Branch } from '../../engine/index.ts';
import type { LiveNode, NodeConfig } from './live-node.ts';

export class SwitchQueue {
  readonly #undecided = new Map<string, Branch[]>();
  readonly #configOf: (node: LiveNode) => NodeConfig | undefined;

  constructor(configOf: (node: LiveNode) => NodeConfig | undefined) {
    this.#configOf = configOf;
  }

  forget(): void {
    this.#undecided.clear();
  }

  received(branch: Branch, node: LiveNode): void {
    if (node.type !== 'switch') return;
    const queue = this.#undecided.get(node.id);
    if (queue) queue.push(branch);
    else if (!this.#collects(node)) this.#undecided.set(node.id, [branch]);
  }

  /** The switch sent or failed `branch`. Returns those before it, which it dropped without a word. */
  decided(branch: Branch): readonly Branch[] {
    const queue = branch.place.type === 'switch' ? this.#undecided.get(branch.place.id) : undefined;
    const index = queue?.indexOf(branch) ?? -1;
    return queue && index >= 0 ? queue.splice(0, index + 1).slice(0, -1) : [];
  }

  /** It gave up the message it was at: the oldest that is not decided. */
  gaveUp(node: LiveNode): Branch | undefined {
    return this.#undecided.get(node.id)?.shift();
  }

  /** An empty list was sent in the context of `within`. Returns the branch it ends. */
  droppedBy(within: Branch | undefined): Branch | undefined {
    return within?.place.type === 'switch' ? this.#undecided.get(within.place.id)?.shift() : undefined;
  }

  #collects(node: LiveNode): boolean {
    const config = this.#configOf(node);
    const rules: readonly unknown[] = Array.isArray(config?.['rules']) ? config['rules'] : [];
    const tail = rules.some((rule) => typeof rule === 'object' && rule !== null && 't' in rule && rule.t === 'tail');
    return config === undefined || Boolean(config['repair']) || tail;
  }
}
