/**
 * What the hooks read of Node-RED 5's own objects. Names that begin with `_` are private to Node-RED: its version is
 * pinned, and test/runtime/branch-hooks.test.ts fails when one of them changes its meaning.
 */
import type { NodeRedUtil } from '../bounded-expressions.ts';
import type { WardflowMessage } from '../services.ts';

export type InputCallback = (this: unknown, msg: WardflowMessage, ...rest: unknown[]) => unknown;

/** A node that runs: in a tab, or inside a subflow instance (then its id is `<instance>-<id in the subflow>`). */
export interface LiveNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly z?: string;
  /** Inside a subflow instance: its id in the subflow. */
  readonly _alias?: string;
  readonly wires?: readonly (readonly string[])[];
  /** How many of its input handlers take a `done`; 0: it never says that it has finished. */
  readonly _expectedDoneCount: number;
  /** What a `switch` says of a message that it gives up; replaced on a node that is listened to. */
  warn?(text: unknown, ...rest: unknown[]): void;
  error?(text: unknown, msg?: unknown, ...rest: unknown[]): void;
  _inputCallback?: InputCallback | null;
  _inputCallbacks?: InputCallback[] | null;
}

/** A node as the editor saved it. */
export interface NodeConfig {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly [property: string]: unknown;
}

/** One delivery of one `send`. The object is the same in `onSend` and `preDeliver`. */
export interface SendEvent {
  msg: WardflowMessage;
  readonly source: { readonly id: string; readonly node: LiveNode; readonly port: number };
  readonly destination: { readonly id: string; node?: LiveNode };
  readonly cloneMessage: boolean;
}

/** The object is the same in `onReceive` and `postReceive`. */
export interface ReceiveEvent {
  readonly msg: WardflowMessage;
  readonly destination: { readonly id: string; readonly node: LiveNode };
}

export interface CompleteEvent {
  readonly msg: WardflowMessage;
  readonly error?: unknown;
  readonly node: { readonly id: string; readonly node: LiveNode };
}

/** The part of the `RED` object that the runtime uses. */
export interface NodeRed {
  readonly hooks: {
    add(hook: string, callback: (event: never) => unknown): void;
    remove(hook: string): void;
  };
  readonly events: {
    on(event: string, listener: (payload: never) => void): void;
    removeListener(event: string, listener: (payload: never) => void): void;
  };
  readonly nodes: {
    getNode(id: string): LiveNode | null | undefined;
    eachNode(callback: (config: NodeConfig) => void): void;
  };
  readonly util: {
    cloneMessage(msg: WardflowMessage): WardflowMessage;
    getMessageProperty(msg: object, path: string): unknown;
  } & NodeRedUtil;
}
