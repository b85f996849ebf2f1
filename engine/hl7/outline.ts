/** A message as a tree for people: each part with its path, its name and its value. Made on demand, in pages. */
import type { Hl7Advice } from './dictionary-contract.ts';

export interface OutlineNode {
  /** What `message.get` takes: `PID-3[2].4`; of a segment its name and occurrence: `OBX[2]`. */
  readonly path: string;
  readonly level: 'segment' | 'field' | 'repetition' | 'component' | 'subcomponent';
  /** `Patient Name`; '' where the dictionary knows none. */
  readonly name: string;
  /** Data type; '' for a segment or where unknown. */
  readonly type: string;
  readonly state: 'value' | 'empty' | 'null';
  /** Unescaped; '' for what has parts. Cut at the caller's limit, `length` tells the whole. */
  readonly value: string;
  /** Where its raw text begins in that of its segment. */
  readonly at: number;
  /** Characters of the raw text. */
  readonly length: number;
  /** What the value means by its table: `Female`; absent where there is no table or no such value. */
  readonly meaning?: string;
  readonly children: readonly OutlineNode[];
  /** How many further parts there are that `children` does not show; left out: none. */
  readonly more?: number;
}

export interface OutlineSegment extends OutlineNode {
  /** Place among the segments of the message, from 0. */
  readonly index: number;
  /** The segment as it stands, without its line end; cut at a limit, `length` tells the whole. */
  readonly raw: string;
}

export interface MessageOutline {
  /** `ORU^R01` */
  readonly type: string;
  /** What the event is called: `ORU/ACK - Unsolicited transmission of an observation message`; '' where unknown. */
  readonly title: string;
  /** MSH-12 as stated, and the version whose names are shown. */
  readonly version: { readonly stated: string; readonly named: string };
  readonly charset: string;
  /** Some bytes mean nothing in that character set: they read as U+FFFD. */
  readonly damaged: boolean;
  readonly segments: readonly OutlineSegment[];
  /** Segments of the message; counted up to a limit that no message of people comes near. */
  readonly total: number;
  /** The segment at which the next page begins; `null`: there is no more. */
  readonly next: number | null;
  /** On the whole message, the same said of one field once; empty unless it was asked for. */
  readonly advice: readonly Hl7Advice[];
  /** How many segments that advice looked at: all of them, but of messages far beyond what people read. */
  readonly advised: number;
  /** On the segments that are shown, each place by itself. */
  readonly here: readonly Hl7Advice[];
}
