import { dictionaryOf } from '../hl7/dictionary.ts';
import type { RedactAction, RedactRules } from './profile.ts';
import { MASK, redactValue, type HashOf } from './redact-value.ts';

/** Begins a message, a batch or a file: brings its own delimiters. */
const HEAD = /^(?:MSH|BHS|FHS)/;
const FORBIDDEN = /[A-Za-z0-9\s]/;
const MOST_SEGMENTS = 100_000;

/**
 * HL7 v2 text by a profile, segment by segment, also where it is damaged: what is no segment that the standard knows loses its
 * name as well, and what does not begin as a message is masked whole.
 */
export function redactHl7(text: string, rules: RedactRules, hash: HashOf): string {
  const lines = text.split(/\r\n|[\r\n]/);
  if (lines.length > MOST_SEGMENTS || !HEAD.test(text)) return text === '' ? '' : MASK;
  let delimiters: Delimiters | undefined;
  return lines
    .map((line) => {
      if (line === '') return '';
      if (HEAD.test(line)) delimiters = delimitersOf(line);
      return delimiters ? redactSegment(line, delimiters, rules, hash) : MASK;
    })
    .join('\r');
}

interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  /** MSH-2, if it can be shown. */
  readonly encoding: string;
}

/** `undefined`: letters and digits, or one sign for two things, would have values read as structure. */
function delimitersOf(line: string): Delimiters | undefined {
  const field = line[3] ?? '';
  const encoding = line.slice(4, 9).split(field)[0] ?? '';
  const signs = [field, ...encoding.split('')];
  if (encoding.length < 2 || signs.some((sign) => FORBIDDEN.test(sign)) || new Set(signs).size < signs.length)
    return undefined;
  return { field, component: encoding[0] ?? '', repetition: encoding[1] ?? '', encoding };
}

function redactSegment(line: string, delimiters: Delimiters, rules: RedactRules, hash: HashOf): string {
  const { field, encoding } = delimiters;
  const [name = '', ...fields] = line.split(field);
  const isKnown = dictionaryOf('2.7.1').segment(name) !== undefined;
  const isHead = HEAD.test(name);
  const shown = fields.map((value, i) => {
    if (isHead && i === 0) return encoding;
    // The field separator itself is field 1 of a header.
    return redactField(value, isKnown ? `${name}-${i + (isHead ? 2 : 1)}` : '*', delimiters, rules, hash);
  });
  return [isKnown ? name : '???', ...shown].join(field);
}

function redactField(place: string, at: string, delimiters: Delimiters, rules: RedactRules, hash: HashOf): string {
  if (place === '' || place === '""') return place;
  const whole = rules[at] ?? rules[at.slice(0, 3)];
  const parts = Object.keys(rules).some((rule) => rule.startsWith(`${at}.`));
  const other = rules['*'] ?? 'mask';
  if (!parts) {
    const action = whole ?? other;
    // How many there are says nothing that masks should say.
    return isMask(action) ? MASK : repeated(place, delimiters, (one) => redacted(one, action, hash));
  }
  return repeated(place, delimiters, (one) =>
    one
      .split(delimiters.component)
      .map((part, i) => redacted(part, rules[`${at}.${i + 1}`] ?? whole ?? other, hash))
      .join(delimiters.component),
  );
}

const isMask = (action: RedactAction): boolean => action === 'mask';

function repeated(field: string, { repetition }: Delimiters, each: (one: string) => string): string {
  return field.split(repetition).map(each).join(repetition);
}

function redacted(value: string, action: RedactAction, hash: HashOf): string {
  const left = redactValue(value, action, hash);
  return typeof left === 'string' ? left : '';
}
