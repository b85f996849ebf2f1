import type { WardflowError } from '../base/errors.ts';
import { buildAck } from '../hl7/ack.ts';
import { readBatch } from '../hl7/batch.ts';
import { hasMoreParts } from '../hl7/batch-size.ts';
import { Hl7Message } from '../hl7/message.ts';
import type { FrameConnection, FrameOutcome } from '../mllp/connection.ts';
import type { Framed } from '../mllp/framer.ts';
import { acceptFrame, CONTROL_ID_LENGTH, type AcceptorOptions, type FeedInForce } from './acceptor.ts';
import { batchAsMessage, headerOfBatch } from './batch-header.ts';
import { intakeErrors } from './errors.ts';

/** Messages of one batch: more than any sender makes, and what one commit can take. */
export const MOST_IN_BATCH = 5000;

const GOOD = new Set(['AA', 'CA']);

/**
 * The way of a batch where its feed takes batches apart (docs/decisions/0016-batches.md): each message as if it had come alone,
 * in their order, and one answer for all of them when each is kept. A batch that is not whole, or too large, goes to quarantine
 * as it is.
 *
 * Several commits: after a crash between them the sender has no answer, sends the batch again, and what was kept is a resend.
 */
export async function acceptBatch(
  options: AcceptorOptions,
  feed: FeedInForce,
  framed: Extract<Framed, { kind: 'frame' | 'too-large' | 'unterminated' }>,
  connection: FrameConnection,
): Promise<FrameOutcome> {
  const { clock, ids, log } = options;
  const refused = (refusal: WardflowError): Promise<FrameOutcome> =>
    acceptFrame({ ...options, refusal }, feed, framed, connection);
  if (framed.kind !== 'frame') return acceptFrame(options, feed, framed, connection);
  const tooMany = intakeErrors.create('intake-batch-too-large', { limit: MOST_IN_BATCH });
  if (hasMoreParts(framed.bytes, MOST_IN_BATCH)) return refused(tooMany);
  const { batches, agrees } = readBatch(framed.bytes);
  const parts = batches.flatMap(({ messages }) => messages);
  if (parts.length > MOST_IN_BATCH) return refused(tooMany);
  if (!agrees) return refused(intakeErrors.create('intake-batch-count'));
  // The messages of a batch are answered for together, in original mode, whatever each of them asks for.
  const { enhanced: _enhanced, ...settings } = feed.settings;
  const correlationId = ids.next();
  const outcomes = await Promise.all(
    parts.map((bytes) =>
      acceptFrame({ ...options, correlationId }, { ...feed, settings }, { kind: 'frame', bytes }, connection),
    ),
  );
  if (outcomes.some(({ kind }) => kind === 'withhold')) return { kind: 'withhold' };
  // None, or CA, has what was kept before by itself in enhanced mode, and comes again in the batch.
  const answers = outcomes.flatMap((outcome) => (outcome.kind === 'answer' ? [outcome] : []));
  const bad = answers.filter(({ bytes }) => !GOOD.has(Hl7Message.parse(bytes).get('MSA-1'))).length;
  log.info('a batch was taken apart', { feed: settings.name, count: parts.length });
  const now = clock.now();
  const header = headerOfBatch(framed.bytes);
  const answer = buildAck(header && batchAsMessage(header, now), {
    code: bad > 0 ? 'AE' : 'AA',
    controlId: ids.next().slice(-CONTROL_ID_LENGTH),
    now,
    ...(bad > 0 && { text: `${bad} of the ${parts.length} messages could not be read; the others are kept.` }),
  });
  return {
    kind: 'answer',
    bytes: answer.toBytes(),
    written: (delivered) => {
      for (const { written } of answers) written?.(delivered);
    },
  };
}
