/**
 * What every node does alike: take its settings over the defaults, refuse to work with wrong ones, hand each message to
 * its behaviour, report errors so that `catch` gets them with class and remedy, and show the last trouble as its status.
 */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { WardflowError } from '../../engine/index.ts';
import type { ClaimedWork } from '../../engine/index.ts';
import type {
  MessageContext,
  NodePreview,
  NodeServices,
  PreviewGiven,
  ValuePreview,
  WardflowMessage,
} from '../../runtime/services.ts';
import { nodeErrors } from './errors.ts';
import { failureOf, type Place } from './failure.ts';
import { previewOfExpressions } from './preview.ts';
import { problemsOf, withDefaults, type NodeDeclaration } from './properties.ts';

export type Send = (msg: WardflowMessage | readonly (WardflowMessage | null)[]) => void;

export interface NodeHandle<P> {
  readonly RED: NodeAPI;
  readonly node: Node;
  readonly config: P;
  readonly services: NodeServices;
  /** The node as failures and decisions name it. */
  readonly place: Place;
  readonly status: NodeStatus;
  /** The claim behind a message; a catalogued error where there is none. */
  readonly workOf: (msg: WardflowMessage) => { readonly context: MessageContext; readonly work: ClaimedWork };
}

export interface NodeStatus {
  readonly ready: (text: string) => void;
  readonly trouble: (text: string) => void;
  readonly clear: () => void;
}

export interface Behaviour {
  /** Takes one message. A throw is reported with the message; the flow's `catch` goes on from there. */
  receive?(msg: WardflowMessage, send: Send): Promise<void> | void;
  close?(): void;
}

interface RunningNode extends Node {
  /** The value a config node offers to those that name it. */
  offered?: unknown;
}

/** The preview of a node that works on whatever a message carries. */
export interface OfAnything {
  readonly ofAnything: ValuePreview;
}

/** @param preview default: its expressions, each by itself */
export function registerNode<P extends object>(
  RED: NodeAPI,
  declaration: NodeDeclaration<P>,
  build: (handle: NodeHandle<P>) => Behaviour,
  preview?: NodePreview | OfAnything,
): void {
  registerPreview(RED, declaration, preview);
  function WardflowNode(this: RunningNode, saved: NodeDef): void {
    RED.nodes.createNode(this, saved);
    const status = statusOf(this);
    const place = { id: this.id, type: declaration.type, name: this.name || declaration.type };
    let behaviour: Behaviour;
    try {
      behaviour = start(RED, this, declaration, saved, place, status, build);
    } catch (error) {
      behaviour = refusing(this, error, place, status);
    }
    attach(this, behaviour, place, status);
  }
  RED.nodes.registerType(declaration.type, WardflowNode);
}

/** `undefined`: Node-RED runs without Wardflow. */
export const servicesIn = (RED: NodeAPI): NodeServices | undefined =>
  (RED.settings as { readonly wardflow?: NodeServices }).wardflow;

function registerPreview<P extends object>(
  RED: NodeAPI,
  declaration: NodeDeclaration<P>,
  given: NodePreview | OfAnything | undefined,
): void {
  const { type } = declaration;
  const own = typeof given === 'function' ? given : undefined;
  const any = typeof given === 'object' ? given.ofAnything : previewOfExpressions(declaration);
  const ofValues: ValuePreview | undefined = own ? undefined : any;
  const preview = own ?? ofValues;
  if (!preview) return;
  servicesIn(RED)?.registerPreview(
    type,
    (wish) => preview(overDefaults(declaration, wish)),
    ofValues && ((wish) => ofValues(overDefaults(declaration, wish))),
  );
}

const overDefaults = <P extends object, G extends Pick<PreviewGiven, 'config'>>(
  declaration: NodeDeclaration<P>,
  given: G,
): G => ({
  ...given,
  config: withDefaults(declaration, given.config) as Readonly<Record<string, unknown>>,
});

function start<P extends object>(
  RED: NodeAPI,
  node: RunningNode,
  declaration: NodeDeclaration<P>,
  saved: NodeDef,
  place: Place,
  status: NodeStatus,
  build: (handle: NodeHandle<P>) => Behaviour,
): Behaviour {
  const services = servicesIn(RED);
  if (!services) throw nodeErrors.create('node-outside-wardflow', { node: place.name });
  const config = withDefaults(declaration, saved);
  const problems = problemsOf(declaration, config);
  if (problems.length > 0) {
    const text = problems.map(({ property, key }) => `${property} ${RED._(key)}`).join('; ');
    throw nodeErrors.create('node-settings-wrong', { node: place.name, problems: text });
  }
  node.offered = config;
  return build({
    RED,
    node,
    config,
    services,
    place,
    status,
    workOf: (msg) => claimBehind(services, msg, place),
  });
}

function claimBehind(
  services: NodeServices,
  msg: WardflowMessage,
  place: Place,
): { readonly context: MessageContext; readonly work: ClaimedWork } {
  const context = msg.wardflow;
  if (!context?.workId) throw nodeErrors.create('message-without-work', { node: place.name });
  const work = services.workOf(context);
  if (!work) throw nodeErrors.create('lease-lost', { node: place.name });
  return { context, work };
}

/** A node that cannot work refuses each message aloud: the flow's `catch` makes a dead letter of it, never silence. */
function refusing(node: Node, error: unknown, place: Place, status: NodeStatus): Behaviour {
  const failure = failureOf(error, place);
  node.error(failure.text);
  status.trouble(failure.code);
  return {
    receive() {
      throw error;
    },
  };
}

function attach(node: Node, behaviour: Behaviour, place: Place, status: NodeStatus): void {
  if (behaviour.receive) {
    node.on('input', (msg, send, done) => {
      void take(behaviour, msg, send as Send, place, status, done);
    });
  }
  node.on('close', () => behaviour.close?.());
}

async function take(
  behaviour: Behaviour,
  msg: WardflowMessage,
  send: Send,
  place: Place,
  status: NodeStatus,
  done: (error?: Error) => void,
): Promise<void> {
  try {
    await behaviour.receive?.(msg, send);
    status.clear();
  } catch (error) {
    const failure = failureOf(error, place);
    msg['failure'] = failure;
    status.trouble(failure.code);
    const told =
      error instanceof WardflowError
        ? error
        : nodeErrors.create('flow-error', { node: place.name, type: place.type }, { cause: error });
    return done(told);
  }
  done();
}

function statusOf(node: Node): NodeStatus {
  let shown: 'ready' | 'trouble' | 'nothing' = 'nothing';
  let readyText: string | undefined;
  const ready = (text: string): void => {
    readyText = text;
    shown = 'ready';
    node.status({ fill: 'green', shape: 'dot', text });
  };
  return {
    ready,
    trouble(text) {
      shown = 'trouble';
      node.status({ fill: 'red', shape: 'ring', text });
    },
    clear() {
      if (shown !== 'trouble') return;
      if (readyText !== undefined) return ready(readyText);
      shown = 'nothing';
      node.status({});
    },
  };
}

/** The settings of a config node, or a catalogued error where it is missing or wrong itself. */
export function configOf<P>(
  handle: NodeHandle<unknown>,
  declaration: NodeDeclaration<P>,
  id: string,
  field: string,
): P {
  const found = handle.RED.nodes.getNode(id) as RunningNode | null;
  if (found?.offered === undefined || found.type !== declaration.type) {
    throw nodeErrors.create('node-settings-wrong', {
      node: handle.place.name,
      problems: `${field} ${handle.RED._('kit.problem.config-node')}`,
    });
  }
  return found.offered as P;
}

/** The definition the node is in. */
export function definitionName(handle: NodeHandle<unknown>): string {
  const definition = handle.services.definitionOf(handle.node);
  if (!definition) throw nodeErrors.create('node-outside-definition', { node: handle.place.name });
  return definition.name;
}
