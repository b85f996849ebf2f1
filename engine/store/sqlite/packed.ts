/**
 * Small texts as they are kept: raw deflate with a dictionary of what nearly all of them say, so that a kilobyte takes
 * a third of its room. A few microseconds each way; larger bodies are left as they are, since the writer must not stall.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Larger ones are kept unpacked. */
export const LARGEST_PACKED = 64 * 1024;
/** What anything unpacks to at most. */
const LARGEST_UNPACKED = 64 * 1024 * 1024;

/**
 * Never to be changed: what was packed with it cannot be read without it. The end of it is cheapest to refer to.
 * Another dictionary is another column.
 */
const DICTIONARY = Buffer.from(
  'MSH|^~\\&|2026||SIU^S12|MDM^T02^|ORM^O01^ORM_O01|VXU^V04^|P|2.3||P|2.4|UNICODE UTF-8\rEVN|A01|\rNK1|1|\rAL1|1|\rDG1|1||I10|' +
    '\rIN1|1|\rGT1|1|\rNTE|1|L|\rPV1|1|O|||||||||||||||||||||||||||||||||||||||||||||\rORC|RE|\rPID|1||^^^MR||^^^^^L||19|M|F|||' +
    '^^^^USA\rOBR|1|||^LN|||20260101120000+0000|||||||||||||||\rOBX|1|NM|^LN||mg/dL|mmol/L|g/dL|10*3/uL|%|N|||F|||2026\r' +
    'OBX|2|CE|\rOBX|3|ST|\rOBX|4|TX|\rADT^A08^ADT_A01|ADT^A01^ADT_A01|ORU^R01^ORU_R01|P|2.5.1\rMSH|^~\\&|ACK^A01^ACK|ACK^R01^ACK|' +
    'P|2.5.1\rMSA|AA|' +
    '"hl7 in","idempotency gate","rule table","fhir read","fhir write","function","switch","message failed","message done"' +
    ',"link in","link out","catch","escalation start"Corrects what came with message 01 at 2026-:00Z. and is not said to ' +
    'correct it."Differs from what came with message The same fact with the same content came with message Not seen before: ' +
    'let through."],["No row matches "Row  matches:  and  is  Code  Value  above  below : otherwise holds"],["0",null,0,1' +
    ',0,0,[1]],["1","0",1,0,0,0,[2],["2","1",2,0,1,0,[3]],["3","2",3,0,0,2,[]]]' +
    '"error":null,"sentence":"No row matches ","deterministic":true,"missing":[],"outputs":{"lane":"routine"},"matched":["row' +
    '"inputs":{"code":"","value":},"at":17,"version":"","table":"","node":{"id":"","name":"rule table"},"definition":"",' +
    '"workId":"01","messageId":"01",[{"id":"',
);

const OPTIONS = { level: 5, windowBits: 13, memLevel: 5, dictionary: DICTIONARY } as const;

export function pack(content: string | Uint8Array): Uint8Array {
  return deflateRawSync(content, { ...OPTIONS, chunkSize: 4096 });
}

/** Below this, packing takes longer than it saves room. A decision with the rows that it leaves open is below, mostly. */
const SHORT = 500;
/** Begins what is kept as it is. No deflate stream begins so (RFC 1951, 3.2.3: block type 3 is reserved). */
const AS_IT_IS = 0x07;

/** As `pack`, but a short text is kept as it is. */
export function packUnlessShort(text: string): Uint8Array {
  return text.length > SHORT ? pack(text) : Buffer.from(`${String.fromCharCode(AS_IT_IS)}${text}`);
}

/** Throws where the bytes are damaged. */
export function unpack(packed: Uint8Array): Buffer {
  if (packed[0] === AS_IT_IS) return Buffer.from(packed.subarray(1));
  return inflateRawSync(packed, { windowBits: 15, dictionary: DICTIONARY, maxOutputLength: LARGEST_UNPACKED });
}

export interface KeptBody {
  readonly bytes: Uint8Array;
  /** 1: `bytes` is packed. */
  readonly packed: number;
}

export function packBody(bytes: Uint8Array): KeptBody {
  if (bytes.length === 0 || bytes.length > LARGEST_PACKED) return { bytes, packed: 0 };
  const packed = pack(bytes);
  return packed.length < bytes.length ? { bytes: packed, packed: 1 } : { bytes, packed: 0 };
}

export function bodyBytes({ bytes, packed }: KeptBody): Uint8Array {
  return packed === 0 ? bytes : unpack(bytes);
}
