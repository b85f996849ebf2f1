/** JSON as a reviewer reads it: never `[object Object]`, nothing cut off, nothing invisible. Pure. */
import type { Json } from '../../diff/index.ts';

/** What turns a line round or cannot be seen; tabs and line ends are seen. */
const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|(?![\t\n\r])\p{Cc}/gu;

export const visible = (text: string): string =>
  text.replace(UNSEEN, (sign) => `‹U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`);

/** The words' arrow as people draw it. */
export const withArrows = (text: string): string => text.replaceAll(' -> ', ' → ');

/** A text that could be taken for a number, a list or nothing at all stands in quotes. */
const READS_AS_OTHER = /^$|^\s|\s$|^[[{(]|^"?(?:true|false|null|-?[\d.]+(?:e[+-]?\d+)?)"?$/i;

export function valueText(value: Json | undefined): string {
  if (value === undefined) return '';
  if (value === null) return 'null';
  if (typeof value === 'string') return READS_AS_OTHER.test(value) ? JSON.stringify(visible(value)) : visible(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = JSON.stringify(value);
  return visible(text.length <= 60 ? text : JSON.stringify(value, null, 2));
}

/** Better compared by line. */
export const isLong = (value: Json | undefined): boolean =>
  typeof value === 'string' ? value.includes('\n') || value.length > 120 : valueText(value).includes('\n');

/** `rules › 2 › v`: positions count from 1, as people do. */
export const pathText = (path: readonly (string | number)[]): string =>
  path.map((part) => (typeof part === 'number' ? String(part + 1) : visible(part))).join(' › ');
