/** Writes HL7 v2 as text: fields escaped, segments ended with CR. Components are joined by whoever knows them. */

/** Escapes a value for any place in a message (HL7 v2.5.1, 2.7.1). */
export function value(text: string): string {
  return text.replaceAll(/[\\|^&~]/g, (character) => ESCAPES[character] ?? character);
}
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\E\\',
  '|': '\\F\\',
  '^': '\\S\\',
  '&': '\\T\\',
  '~': '\\R\\',
};

/** A component list: each escaped, empty ones at the end left out. */
export function components(...parts: readonly string[]): string {
  return parts.map(value).join('^').replace(/\^+$/, '');
}

/** A segment from its fields by number: `{ 3: 'x' }` is `NAME|||x`. Values are taken as they are. */
export function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  const list = Array.from({ length: last }, (_, i) => fields[i + 1] ?? '');
  return [name, ...list].join('|');
}

export function header(fields: Readonly<Record<number, string>>): string {
  // MSH-1 is the separator itself, so field n stands at place n - 1.
  const shifted = Object.fromEntries(Object.entries(fields).map(([number, text]) => [Number(number) - 1, text]));
  return segment('MSH', { 1: '^~\\&', ...shifted });
}

/** `YYYYMMDDHHMMSS+0000`, from epoch milliseconds. */
export function stamp(at: number): string {
  return `${new Date(at).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}+0000`;
}

export function message(...segments: readonly string[]): string {
  return `${segments.join('\r')}\r`;
}
