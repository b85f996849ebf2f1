/** A message as a tree for people: each part with its path, its name and its value. Made on demand, in pages. */
import type { Hl7Advice } from './dictionary-contract.ts';

export interface OutlineNode {
  /** What `message.get` takes: `PID-3[2].4`. */
  readonly path: string;
  readonly level: 'segment' | 'field' | 'repetition' | 'component' | 'subcomponent';
  /** `Patient Name`; '' where the dictionary knows none. */
  readonly name: string;
  /** Data type; '' for a segment or where unknown. */
  readonly type: string;
  readonly state: 'value' | 'empty' | 'null';
  /** Unescaped; '' for what has parts. Cut at the caller's limit, `length` tells the whole. */
  readonly value: string;
  /** Characters of the raw text. */
  readonly length: number;
  /** What the value means by its table: `Female`; absent where there is no table or no such value. */
  readonly meaning?: string;
  readonly children: readonly OutlineNode[];
}

export interface MessageOutline {
  /** `ORU^R01` */
  readonly type: string;
  /** MSH-12 as stated, and the version whose names are shown. */
  readonly version: { readonly stated: string; readonly named: string };
  readonly charset: string;
  readonly segments: readonly OutlineNode[];
  /** There are more segments than were asked for. */
  readonly more: number;
  readonly advice: readonly Hl7Advice[];
}
