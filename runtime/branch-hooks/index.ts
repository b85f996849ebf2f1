/**
 * Counts the branches of items in flight by Node-RED's hooks. The rule, and why it is as it is:
 * docs/decisions/0002-counted-branches.md. In short: a delivery that can come to a settling node is a branch below the
 * one that sent it; a branch ends one turn of the event loop after its node has finished, or is settled.
 *
 * A hook must be declared with exactly one argument: with none, Node-RED waits for a callback and stalls every message.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { expressionErrors, isExpressionLimit, type Branch, type Clock, type Failure } from '../../engine/index.ts';
import type { WardflowMessage } from '../services.ts';
import { runtimeErrors } from '../errors.ts';
import { nodeFailed, pathEnded } from './failures.ts';
import { flightOf, type Flight, type Flights } from './flights.ts';
import type { CompleteEvent, InputCallback, LiveNode, NodeRed, ReceiveEvent, SendEvent } from './live-node.ts';
import { Reach } from './reach.ts';
import { SwitchQueue } from './switch-queue.ts';

/** On a send event: the branch that the delivery opens; `null` for a tap of an item's message. */
const OPENED = Symbol('wardflow branch');
/** On a receive event: the context to go back to. */
const BEFORE = Symbol('wardflow context before');
type Opened = SendEvent & { [OPENED]?: Branch | null };
type Received = ReceiveEvent & { [BEFORE]?: Branch | undefined };

/** Nodes that keep messages to send something else later. */
const ABSORBING = new Set(['join', 'batch', 'sort']);
const LABEL = 'wardflow-branches';

export class BranchHooks {
  readonly #red: NodeRed;
  readonly #flights: Flights;
  readonly #clock: Clock;
  readonly #reach: Reach;
  readonly #switches: SwitchQueue;
  /** The branch whose message a node is working on: what a message made afresh belongs to. */
  readonly #current = new AsyncLocalStorage<Branch | undefined>();
  /** Which branches a message object was received on; one object may pass through many nodes uncloned. */
  #received = new WeakMap<object, Branch[]>();
  #prepared = new WeakSet<object>();
  #completions: { readonly branch: Branch; readonly error: unknown }[] = [];
  #held = false;
  /** Flights that sent to a node which is just being replaced: Node-RED drops such a message without a word. */
  readonly #lost = new WeakSet<Flight>();

  constructor(red: NodeRed, flights: Flights, clock: Clock) {
    this.#red = red;
    this.#flights = flights;
    this.#clock = clock;
    this.#reach = new Reach(red.nodes);
    this.#switches = new SwitchQueue((node) => this.#reach.configOf(node));
  }

  install(): void {
    const { hooks } = this.#red;
    hooks.add(`onSend.${LABEL}`, (events: SendEvent[]) => this.#onSend(events));
    hooks.add(`preDeliver.${LABEL}`, (event: Opened) => this.#preDeliver(event));
    hooks.add(`onReceive.${LABEL}`, (event: Received) => this.#onReceive(event));
    hooks.add(`postReceive.${LABEL}`, (event: Received) => this.#current.enterWith(event[BEFORE]));
    hooks.add(`onComplete.${LABEL}`, (event: CompleteEvent) => this.#onComplete(event));
  }

  uninstall(): void {
    this.#red.hooks.remove(`*.${LABEL}`);
  }

  /**
   * Nodes are being stopped: closing nodes say `done` of messages they throw away (`delay` does), so nothing is judged
   * by completion until `resume`.
   */
  hold(): void {
    this.#held = true;
  }

  /** The flows run again, perhaps wired differently. Items lost in the deploy have been dropped by now. */
  resume(): void {
    this.#reach.forget();
    this.#switches.forget();
    this.#held = false;
    if (this.#completions.length > 0) setImmediate(() => this.#judge());
  }

  /** The flight waits for a node that does not run any more, or sent to one while it was away. */
  isLost(flight: Flight): boolean {
    if (this.#lost.has(flight)) return true;
    for (const place of flight.openPlaces()) if (this.#red.nodes.getNode(place.id) !== place) return true;
    return false;
  }

  /** Runs a source's first sends; what they send belongs to `root`, which ends when they have been made. */
  async emit(root: Branch, send: () => Promise<void>): Promise<void> {
    await this.#current.run(root, send);
    this.#finished(root, undefined);
  }

  #onSend(events: readonly Opened[]): void {
    if (events.length === 0) {
      const dropped = this.#switches.droppedBy(this.#current.getStore());
      if (dropped) this.#finished(dropped, undefined);
      return;
    }
    const now = this.#clock.now();
    for (const event of events) {
      const source = event.source.node;
      const parent = this.#sender(event.msg, source);
      if (!parent) continue;
      const place = this.#reach.leading(event.destination.id);
      if (!place && this.#held && !this.#red.nodes.getNode(event.destination.id)) this.#lost.add(flightOf(parent));
      event[OPENED] = (place && parent.item.openChild(parent, place, now, event.source.port)) ?? null;
      this.#switchDecided(parent);
      if (source._expectedDoneCount === 0 && parent.parent && parent.place.id === source.id)
        this.#finished(parent, undefined);
    }
  }

  /** The branch at `source` that a message it sends belongs to. */
  #sender(msg: WardflowMessage, source: LiveNode): Branch | undefined {
    const current = this.#current.getStore();
    const atSource = current?.place.id === source.id ? current : undefined;
    if (!msg.wardflow) return atSource;
    const carried = this.#flights.branch(msg.wardflow);
    if (!carried) return undefined;
    // Sent before without a copy, or come back to a link call: the branch above is the one that sends.
    return nearestAt(carried, source.id) ?? (atSource?.item === carried.item ? atSource : carried);
  }

  #preDeliver(event: Opened): void {
    const child = event[OPENED];
    if (child === undefined) return;
    if (this.#isOnItsWay(event.msg, child)) event.msg = this.#red.util.cloneMessage(event.msg);
    const { msg } = event;
    if (child) {
      msg.wardflow = { ...flightOf(child).context, branch: child.id };
      child.carried = msg;
    } else if (msg.wardflow) msg.wardflow = { ...msg.wardflow, branch: '' };
  }

  /** A node sent one message object twice: the first delivery has been stamped and not yet been received. */
  #isOnItsWay(msg: WardflowMessage, child: Branch | null): boolean {
    const prior = msg.wardflow ? this.#flights.branch(msg.wardflow) : undefined;
    return prior !== undefined && prior !== child && prior.carried === msg && prior.receivedAt === null;
  }

  #onReceive(event: Received): void {
    const { msg } = event;
    const { node } = event.destination;
    event[BEFORE] = this.#current.getStore();
    let branch = msg.wardflow ? this.#flights.branch(msg.wardflow) : undefined;
    if (branch && (branch.carried !== msg || branch.receivedAt !== null)) branch = this.#handedOver(branch, msg, node);
    this.#current.enterWith(branch);
    if (!branch) return;
    branch.receivedAt = this.#clock.now();
    const earlier = this.#received.get(msg);
    if (earlier) earlier.push(branch);
    else this.#received.set(msg, [branch]);
    this.#prepare(node);
    this.#switches.received(branch, node);
  }

  /**
   * A message that came without a send: to a `catch`, by a link call, to a `complete`. What a tap hands over names no
   * branch and does not come here: the item waits for no tap, so it could be over before or after.
   */
  #handedOver(carried: Branch, msg: WardflowMessage, node: LiveNode): Branch | undefined {
    const from = sourceOf(msg, node);
    const parent = (from === undefined ? undefined : nearestAt(carried, from)) ?? carried;
    const place = this.#reach.leading(node.id);
    const now = this.#clock.now();
    const child = place ? parent.item.openChild(parent, place, now) : undefined;
    if (!child) {
      if (msg.wardflow) msg.wardflow = { ...msg.wardflow, branch: '' };
      return undefined;
    }
    msg.wardflow = { ...flightOf(child).context, branch: child.id };
    child.carried = msg;
    if (node.type === 'catch') {
      this.#switchDecided(parent);
      parent.caught = true;
      if ((this.#red.nodes.getNode(parent.place.id)?._expectedDoneCount ?? 0) === 0) this.#finished(parent, undefined);
      else parent.item.trouble(parent, now);
    }
    return child;
  }

  #onComplete(event: CompleteEvent): void {
    const branch = this.#branchAt(event.msg, event.node.node);
    if (branch) this.#finished(branch, event.error);
  }

  #branchAt(msg: object, node: LiveNode): Branch | undefined {
    return this.#received.get(msg)?.findLast((branch) => branch.open && branch.place.id === node.id);
  }

  #switchDecided(branch: Branch): void {
    for (const dropped of this.#switches.decided(branch)) this.#finished(dropped, undefined);
  }

  /** Judged one turn later: Node-RED tells us of the completion before it gives the error to a `catch`. */
  #finished(branch: Branch, error: unknown): void {
    if (!branch.open) return;
    this.#completions.push({ branch, error });
    if (this.#completions.length === 1 && !this.#held) setImmediate(() => this.#judge());
  }

  #judge(): void {
    if (this.#held) return;
    const now = this.#clock.now();
    const due = this.#completions;
    this.#completions = [];
    for (const { branch, error } of due) branch.item.complete(branch, now, () => this.#unsent(branch, error));
  }

  #unsent(branch: Branch, error: unknown): Failure | 'absorbed' {
    if (error) return nodeFailed(branch.place, error);
    if (ABSORBING.has(branch.place.type)) return 'absorbed';
    // A link out "return" whose caller is a function node hands its message back inside that function's branch.
    const node = branch.place.type === 'link out' ? this.#red.nodes.getNode(branch.place.id) : null;
    if (node && this.#reach.configOf(node)?.['mode'] === 'return') return 'absorbed';
    return pathEnded(branch.place);
  }

  /** Node-RED catches what an input handler throws and calls no hook: the handler is wrapped to hear of it. */
  #prepare(node: LiveNode): void {
    if (this.#prepared.has(node)) return;
    this.#prepared.add(node);
    if (node.type === 'switch') this.#listenToSwitch(node);
    if (node._inputCallback) node._inputCallback = this.#listening(node, node._inputCallback);
    if (node._inputCallbacks) node._inputCallbacks = node._inputCallbacks.map((one) => this.#listening(node, one));
  }

  /**
   * A `switch` takes no `done`. Where its property cannot be evaluated it warns and drops the message, and where a rule
   * cannot be it reports an error, which may find no `catch`: the item would be open until its lease runs out.
   */
  #listenToSwitch(node: LiveNode): void {
    const warn = node.warn?.bind(node);
    const error = node.error?.bind(node);
    const failed = (branch: Branch | undefined, said: unknown): void => {
      if (!branch || branch.caught) return;
      this.#switchDecided(branch);
      const name = node.name || node.id;
      this.#finished(
        branch,
        isExpressionLimit(said)
          ? expressionErrors.create('expression-limit', { field: 'switch', node: name })
          : runtimeErrors.create('switch-undecided', { node: name }),
      );
    };
    if (warn)
      node.warn = (...said) => {
        warn(...said);
        failed(this.#switches.gaveUp(node), said[0]);
      };
    if (error)
      node.error = (...said) => {
        error(...said);
        const [, msg] = said;
        if (typeof msg === 'object' && msg !== null) failed(this.#branchAt(msg, node), said[0]);
      };
  }

  #listening(node: LiveNode, callback: InputCallback): InputCallback {
    const heard = (msg: WardflowMessage, error: unknown): void => {
      const branch = this.#branchAt(msg, node);
      if (branch) this.#finished(branch, error ?? new Error('thrown'));
    };
    return function (msg, ...rest) {
      try {
        return callback.call(this, msg, ...rest);
      } catch (error) {
        heard(msg, error);
        throw error;
      }
    };
  }
}

/** The nearest of `branch` and the branches above it that is at the node. */
function nearestAt(branch: Branch, nodeId: string): Branch | undefined {
  for (let one: Branch | null = branch; one; one = one.parent) if (one.place.id === nodeId) return one;
  return undefined;
}

/** Where an error or a completion came from, as Node-RED notes it in the copy it hands over. */
function sourceOf(msg: WardflowMessage, node: LiveNode): string | undefined {
  if (node.type !== 'catch' && node.type !== 'complete') return undefined;
  const about: unknown = node.type === 'catch' ? msg['error'] : msg['complete'];
  const source: unknown = typeof about === 'object' && about !== null && 'source' in about ? about.source : undefined;
  const id: unknown = typeof source === 'object' && source !== null && 'id' in source ? source.id : undefined;
  return typeof id === 'string' ? id : undefined;
}
