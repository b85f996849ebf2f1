import type { Delimiters } from './delimiters.ts';

/**
 * Raw text of one message as raw text of another that has other separators: what separates there separates here, what is
 * text there is text here. `undefined` where the other message names no character for a part that the text has.
 *
 * Hexadecimal escapes go over as they are: they hold bytes of the first message's character set.
 */
export function transcribed(raw: string, from: Delimiters, to: Delimiters): string | undefined {
  if (KEYS.every((key) => from[key] === to[key])) return raw;
  let out = '';
  for (let at = 0; at < raw.length; at++) {
    const character = raw.charAt(at);
    if (from.escape !== '' && character === from.escape) {
      const close = raw.indexOf(from.escape, at + 1);
      const sequence = close < 0 ? undefined : raw.slice(at + 1, close);
      if (sequence !== undefined && SEQUENCE.test(sequence)) {
        if (to.escape === '') return undefined;
        out += to.escape + sequence + to.escape;
        at = close;
        continue;
      }
    }
    const separator = KEYS.find((key) => key !== 'escape' && key !== 'truncation' && from[key] === character);
    if (separator !== undefined) {
      if (to[separator] === '') return undefined;
      out += to[separator];
      continue;
    }
    const clash = KEYS.find((key) => to[key] === character);
    if (clash === undefined) out += character;
    else if (to.escape === '') return undefined;
    else out += to.escape + LETTERS[clash] + to.escape;
  }
  return out;
}

const LETTERS = {
  field: 'F',
  component: 'S',
  repetition: 'R',
  escape: 'E',
  subcomponent: 'T',
  truncation: 'P',
} as const;
const KEYS = Object.keys(LETTERS) as readonly (keyof typeof LETTERS)[];
/** What can be an escape sequence at all (chapter 2, section 2.7): anything else is text with a lone escape character. */
const SEQUENCE = /^(?:[A-Z][0-9A-Za-z]*|\.[a-z+0-9-]+)$/;
