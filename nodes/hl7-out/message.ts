/** From what a flow gives to the bytes that are sent. Pure. */
import { Hl7Message, sendable, type WardflowError } from '../../engine/index.ts';

export type Outgoing =
  { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly error: WardflowError };

/** An HL7 message as it is; text with the line ends that HL7 asks for (chapter 2, 2.4: segments end with CR). `undefined`: neither. */
export function messageFrom(given: unknown): Hl7Message | undefined {
  if (given instanceof Hl7Message) return given.clone();
  if (given instanceof Uint8Array) return Hl7Message.parse(given);
  if (typeof given !== 'string') return undefined;
  const lines = given.replaceAll(/\r\n|\n/g, '\r');
  return Hl7Message.parse(lines.endsWith('\r') ? lines : `${lines}\r`);
}

/** With a control id that every try of the effect gives it, and the time at which it is made. */
export function withControlId(message: Hl7Message, key: string, now: number): Hl7Message {
  return message.clone().set('MSH-10', controlIdOf(key)).set('MSH-7', stamp(now));
}

/** What two messages of one delivery differ in where they are two: not the time at which a flow says that it made each. */
export function contentOf(message: Hl7Message): string {
  return message.clone().set('MSH-7', '').toString();
}

/** Twenty characters, what MSH-10 had room for before version 2.7: 72 bits of the key. */
export function controlIdOf(key: string): string {
  return `WF${key.slice(0, 18).toUpperCase()}`;
}

/** Checked here, before anything is recorded of it. */
export function outgoing(message: Hl7Message): Outgoing {
  const bytes = message.toBytes();
  const checked = sendable(bytes);
  return checked.ok ? { ok: true, bytes } : checked;
}

function stamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19).replace(/\D/g, '')}+0000`;
}
