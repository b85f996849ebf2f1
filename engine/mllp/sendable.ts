/** Whether bytes can be sent as one message, and by what its answer is told apart. Pure. */
import { WardflowError } from '../base/errors.ts';
import { Hl7Message } from '../hl7/message.ts';
import { mllpErrors } from './errors.ts';

export type Sendable =
  | { readonly ok: true; readonly controlId: string; readonly message: Hl7Message }
  | { readonly ok: false; readonly error: WardflowError };

/** MSH-10 has 199 characters since version 2.7, 20 before; longer ones are cut by many receivers, and no answer fits then. */
const LONGEST_CONTROL_ID = 199;
const START_BLOCK = 0x0b;
const END_BLOCK = 0x1c;

/** One readable message with MSH-9 and MSH-10 (both required, chapter 2, 2.14.9) and no byte that would end its frame. */
export function sendable(bytes: Uint8Array): Sendable {
  // MLLP sends no character set in which these bytes are part of a character (transport specification, appendix C).
  if (bytes.includes(END_BLOCK) || bytes.includes(START_BLOCK)) {
    return refused('it holds a byte that begins or ends a frame (hexadecimal 0B or 1C)');
  }
  let message: Hl7Message;
  try {
    message = Hl7Message.parse(bytes);
  } catch (error) {
    return refused(error instanceof WardflowError ? withoutEnd(error.message) : 'it is no readable HL7 message');
  }
  const controlId = message.get('MSH-10').trim();
  if (message.get('MSH-9').trim() === '') return refused('it has no message type (MSH-9)');
  if (controlId === '') return refused('it has no control id (MSH-10)');
  if (controlId.length > LONGEST_CONTROL_ID) {
    return refused(`its control id (MSH-10) is longer than ${LONGEST_CONTROL_ID} characters`);
  }
  return { ok: true, controlId, message };
}

const refused = (reason: string): Sendable => ({
  ok: false,
  error: mllpErrors.create('hl7-not-sendable', { reason }),
});

/** The sentence as a part of another. */
function withoutEnd(sentence: string): string {
  return sentence.replace(/\.$/, '').replace(/^The/, 'the');
}
