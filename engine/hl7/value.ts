/**
 * Values of a message as plain data: the one shape of the builder (build.ts) and of JSON (json.ts).
 *
 *     'Example'                              a value, unescaped
 *     ['Example', 'Alex']                    components
 *     ['4711', '', '', ['NORTH', '1.2.3']]   a component of subcomponents
 *     { repeat: [['4711'], ['0815']] }       repetitions
 *     null                                   HL7 null, `""`: the sender deletes what the receiver has; '' says nothing
 */

/** Text that writing its reading anew would change: `\H\`, `\X41\`, an escape nobody knows, a part that is left unescaped. */
export interface Hl7RawText {
  /** As people read it; where it is given, it must be what `raw` reads as. */
  readonly text?: string;
  /** As it stands in the message, separators and escapes included; no line ends. */
  readonly raw: string;
}

/** Text with bytes that mean nothing in the message's character set. */
export interface Hl7RawBytes {
  readonly text?: string;
  /** Base64 of the bytes as they stand in the message; no line ends in them. */
  readonly bytes: string;
}

export type Hl7Leaf = string | number | null | Hl7RawText | Hl7RawBytes;
export type Hl7Component = Hl7Leaf | readonly Hl7Leaf[];
export type Hl7Repetition = Hl7Leaf | readonly Hl7Component[];
export type Hl7Value = Hl7Repetition | { readonly repeat: readonly Hl7Repetition[] };
