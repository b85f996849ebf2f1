/** From what the form's fields gave to what is answered. Pure. */
import type { AnswerContent } from '../../engine/index.ts';
import { oneLine, textOf } from '../kit/one-line.ts';
import type { Hl7AckProperties } from './config.ts';

/** MSA-3 holds 80 characters in the older versions; more is cut by few. */
const LONGEST_TEXT = 250;

export function answerFrom(
  config: Pick<Hl7AckProperties, 'code' | 'errorCode' | 'location' | 'messageType'>,
  text: unknown,
  segments: unknown,
): AnswerContent {
  const said = text === undefined || text === null ? '' : oneLine(text, LONGEST_TEXT);
  const type = config.messageType.trim();
  const location = config.location.trim();
  return {
    code: config.code,
    ...(said !== '' && { text: said }),
    ...(config.code !== 'AA' && {
      error: { code: config.errorCode, ...(said !== '' && { text: said }), ...(location !== '' && { location }) },
    }),
    ...(type !== '' && { type }),
    segments: segmentsFrom(segments),
  };
}

/** One text may hold several segments, each on a line of its own. */
function segmentsFrom(given: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(given) ? given : [given];
  return all
    .filter((one) => one !== undefined && one !== null)
    .flatMap((one) => textOf(one).split(/\r\n|\r|\n/))
    .filter((segment) => segment !== '');
}
