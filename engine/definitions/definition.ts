/** A definition as loaded from its folder (formats: docs/reference/formats). Immutable; a change makes a new version. */
import type { AlertPolicy } from '../alerts/alert-policy.ts';
import type { CodeMap } from '../events/to-fhir/code-map.ts';
import type { Converter } from '../events/to-fhir/converter.ts';
import type { Mapping } from '../events/to-fhir/mapping-file.ts';
import type { IdentityRules } from '../identity/identity-file.ts';
import type { WorkingClock } from '../schedule/working-time.ts';
import type { RuleTable } from '../rules/rule-table.ts';

export interface Ladder {
  readonly name: string;
  readonly version: string;
  readonly owner: { readonly name: string; readonly contact: string };
  /** Times count only while somebody works; `null`: they always count. */
  readonly clock: WorkingClock | null;
  readonly steps: readonly {
    readonly after: string;
    readonly afterMs: number;
    /** The role or person as people call them; `roster <name>` for a roster. */
    readonly to: string;
    readonly channel: string;
    readonly text: string;
    /** Said again this often until the next step, or a last time before the ladder ends; `null`: once. */
    readonly repeatMs: number | null;
  }[];
  readonly exhausted: 'keep-last' | 'fallback';
}

/** The parts of a task. */
export interface Checklist {
  readonly name: string;
  readonly title: string | null;
  readonly version: string;
  readonly owner: { readonly name: string; readonly contact: string };
  readonly items: readonly {
    readonly id: string;
    readonly text: string;
    readonly role: string | null;
    /** After the task was made; `null`: no time of its own. */
    readonly dueMs: number | null;
    /** Parts that come before it. */
    readonly after: readonly string[];
    /** What is owed where the task is cancelled after this was done; `null`: nothing. */
    readonly compensate: string | null;
  }[];
}

export interface Intent {
  readonly title: string;
  readonly purpose: string;
  readonly owner: { readonly name: string; readonly role: string; readonly contact: string };
  readonly risk: 'low' | 'moderate' | 'high' | 'critical';
  /** By when tasks are due, by role and priority; without a priority: of any. */
  readonly dueByRole?: readonly {
    readonly role: string;
    readonly priority?: 'stat' | 'asap' | 'urgent' | 'routine';
    readonly due: string;
  }[];
  readonly [more: string]: unknown;
}

export interface Definition {
  readonly name: string;
  /** SHA-256 hex over its files' hashes and the versions of what it uses. */
  readonly version: string;
  readonly intent: Intent;
  /** The tab's nodes as the editor writes them. */
  readonly flow: readonly FlowNode[];
  readonly rules: ReadonlyMap<string, RuleTable>;
  readonly ladders: ReadonlyMap<string, Ladder>;
  readonly alerts: ReadonlyMap<string, AlertPolicy>;
  readonly checklists: ReadonlyMap<string, Checklist>;
  /** HL7 v2 to FHIR: those of `_shared`, then its own, which take the place of the shared ones for their message types. */
  readonly mappings: ReadonlyMap<string, Mapping>;
  readonly maps: ReadonlyMap<string, CodeMap>;
  /** Put together of both. */
  readonly converter: Converter;
  /** Of `_shared`: which numbers identify a patient, and what is compared; `null`: nobody is matched. */
  readonly identity: IdentityRules | null;
  /** Path in the folder -> text; what `DefinitionVersions.put` keeps. */
  readonly files: Readonly<Record<string, string>>;
}

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly name?: string;
  readonly x?: number;
  readonly y?: number;
  readonly wires?: readonly (readonly string[])[];
  readonly [property: string]: unknown;
}

export interface DefinitionSet {
  readonly all: readonly Definition[];
  byName(name: string): Definition | undefined;
  /** The definition whose `flow.json` has this node (tab or subflow), by Node-RED node id or tab id. */
  ofNode(nodeId: string): Definition | undefined;
}
