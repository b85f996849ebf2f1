/**
 * POST /hl7/outline: reads a message that the request brings, for the console's message reader. Nothing of it is kept, logged
 * or audited: it is the caller's own. One of the journal comes here by way of `/messages/:id/raw`, which is audited.
 */
import type { RequestHandler, Router } from 'express';
import express from 'express';
import { Hl7Message, outlineOf, splitBatch, WardflowError } from '../../engine/index.ts';
import { answering } from './answering.ts';
import { objectOf, textIn } from './body.ts';
import { LARGEST_OUTLINED, type OutlineAnswer, type OutlineRequest } from './contract.ts';
import { partOf } from './part.ts';
import { apiErrors, invalid } from './problems.ts';

const MOST_SEGMENTS = 500;

/** In front of the other bodies' reader, which takes much less: base64 and what JSON adds to text. */
export const outlineBodies: RequestHandler = express.json({ limit: LARGEST_OUTLINED * 2 });

export function outlineRoutes(router: Router): void {
  router.post(
    '/hl7/outline',
    answering(async (request, response) => {
      // What somebody brings belongs to no definition: whoever answers for a part reads it as everybody does.
      partOf(response);
      response.json(await Promise.resolve(outlineAnswer(request.body)));
    }),
  );
}

/** @throws `unreadable-message`, `api-request-invalid`, `too-large` */
export function outlineAnswer(given: unknown): OutlineAnswer {
  const body = objectOf(given, ['text', 'bytes', 'message', 'from', 'most', 'find', 'empties', 'advise'], 'the body');
  const input = inputOf(body);
  const place = count(body, 'message', 1_000_000) ?? 0;
  const find = textIn(body, 'find', 100);
  try {
    const messages = typeof input === 'string' ? splitBatch(input) : splitBatch(input);
    const one = messages[place];
    if (one === undefined && place > 0) throw invalid('message is more than there are');
    const outline = outlineOf(Hl7Message.parse(one ?? ''), {
      from: count(body, 'from', 10_000_000) ?? 0,
      most: Math.max(1, count(body, 'most', MOST_SEGMENTS) ?? 200),
      empties: body['empties'] === true,
      advise: body['advise'] === true,
      ...(find !== undefined && { find }),
    });
    return { ...outline, message: place, messages: messages.length };
  } catch (error) {
    // The codec's remedies are for the sender; whoever reads needs others.
    if (error instanceof WardflowError && error.code.startsWith('hl7-'))
      throw apiErrors.create('unreadable-message', { reason: error.message });
    throw error;
  }
}

function inputOf({ text, bytes }: Partial<Record<keyof OutlineRequest, unknown>>): string | Uint8Array {
  if (typeof text === 'string' && bytes === undefined) {
    if (text.length > LARGEST_OUTLINED) throw apiErrors.create('too-large');
    const whole = text.trimEnd();
    return whole.endsWith('\x1c') ? whole.slice(0, -1) : text;
  }
  if (typeof bytes !== 'string' || text !== undefined) throw invalid('the body takes either text or bytes');
  const read = Buffer.from(bytes, 'base64');
  if (read.length > LARGEST_OUTLINED) throw apiErrors.create('too-large');
  return unframed(read);
}

/** Files cut from a line have MLLP's end block behind the message. */
function unframed(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0d || bytes[end - 1] === 0x0a)) end--;
  return bytes[end - 1] === 0x1c ? bytes.subarray(0, end - 1) : bytes;
}

function count(body: Readonly<Record<string, unknown>>, name: string, most: number): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
    throw invalid(`${name} takes a whole number up to ${most}`);
  return value;
}
