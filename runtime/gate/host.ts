/** What the gate needs of the runtime that it guards. */
import type { DefinitionSet, EndpointBinding } from '../../engine/index.ts';
import type { NodeConfig } from '../branch-hooks/live-node.ts';

export interface Installed {
  hasType(type: string): boolean;
  /** Module -> version, of all node sets that are loaded. */
  readonly modules: ReadonlyMap<string, string>;
}

export interface GateHost {
  /** Wardflow's own version. */
  readonly version: string;
  /** Known once Node-RED has loaded its nodes. */
  installed(): Installed;
  /** Names that bindings.json of the environment binds. */
  readonly bound: {
    readonly feed: ReadonlySet<string>;
    /** Of alerts, beside the console. */
    readonly channel: ReadonlySet<string>;
    /** With what is spoken there. */
    readonly endpoint: ReadonlyMap<string, EndpointBinding['kind']>;
  };
  /** The nodes that Node-RED runs. */
  active(): readonly NodeConfig[];
  /** Puts the definitions in force, before their nodes are made; `person` ordered them, `null`: they ran before. */
  enforce(definitions: DefinitionSet, person: string | null): Promise<void>;
  /** Gives Node-RED the nodes, as a deploy of type `flows`; resolves when they run and their feeds are in force. */
  deploy(nodes: readonly NodeConfig[], person: string): Promise<void>;
  /**
   * Lets these definitions finish what they have in work, for a moment, and gives them nothing more. They go on by a deploy
   * that starts them anew, or by what it gives.
   */
  quiet(definitions: ReadonlySet<string>): Promise<() => void>;
  /** Finishes what is in work and takes nothing up until `resume`. */
  drain(): Promise<void>;
  resume(): void;
  /** Definition -> its items that are not finished. */
  openWork(): Promise<ReadonlyMap<string, number>>;
}
