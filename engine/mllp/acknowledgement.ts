/**
 * What an answer says about a message that was sent: taken over, or a failure of a class that decides what may follow.
 * Original and enhanced mode (HL7 v2 chapter 2, sections 2.9.2 and 2.9.3), tables 0008 (MSA-1) and 0357 (ERR-3). Pure.
 */
import type { WardflowError } from '../base/errors.ts';
import { Hl7Message } from '../hl7/message.ts';
import { mllpErrors } from './errors.ts';

export type Acknowledgement =
  { readonly kind: 'accepted' } | { readonly kind: 'failed'; readonly error: WardflowError };

/** The other side may succeed with the same message later: a locked record, an error of its own (table 0357). */
const PASSING = new Set(['206', '207']);
/** What is wrong is in the message: segments, fields, types, tables, version, keys (table 0357). */
const OF_THE_MESSAGE = new Set(['100', '101', '102', '103', '104', '200', '201', '202', '203', '204', '205']);

/** `sent`: MSH-10 of the message that was sent. An answer to another one is no answer to this one. */
export function acknowledgementOf(answer: Uint8Array, sent: string, receiver: string): Acknowledgement {
  let message: Hl7Message;
  try {
    message = Hl7Message.parse(answer);
  } catch {
    return failed(mllpErrors.create('hl7-ack-unreadable', { receiver }));
  }
  const code = message.get('MSA-1').trim().toUpperCase();
  if (message.get('MSA-2').trim() !== sent.trim()) {
    return failed(mllpErrors.create(code === '' ? 'hl7-ack-unreadable' : 'hl7-ack-of-another', { receiver }));
  }
  switch (code) {
    case 'AA':
    case 'CA':
      return { kind: 'accepted' };
    case 'AE':
    case 'CE':
      return failed(refusal(PASSING.has(errorCode(message)), message, code, receiver));
    case 'AR':
    case 'CR':
      // A rejection may be for reasons that have nothing to do with the message, such as a system that is down.
      return failed(refusal(!OF_THE_MESSAGE.has(errorCode(message)), message, code, receiver));
    default:
      return failed(mllpErrors.create('hl7-ack-unreadable', { receiver }));
  }
}

function refusal(passing: boolean, message: Hl7Message, code: string, receiver: string): WardflowError {
  const error = errorCode(message) || 'none';
  return mllpErrors.create(passing ? 'hl7-ack-later' : 'hl7-ack-refused', { receiver, code, error });
}

/** ERR-3 since version 2.5, ERR-1.4 before, MSA-6 where there is no ERR. Only a number of the table: texts may be clinical. */
function errorCode(message: Hl7Message): string {
  const stated = message.get('ERR-3.1') || message.get('ERR-1.4') || message.get('MSA-6.1');
  return /^\d{3}$/.test(stated.trim()) ? stated.trim() : '';
}

const failed = (error: WardflowError): Acknowledgement => ({ kind: 'failed', error });
