/** What may be written to a terminal. Whatever came from a message, a file or a server goes through `safe` first. */

/** Controls, invisible format characters (bidirectional overrides among them), line separators: they could hide text. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export function safe(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** As JSON writes it: `\u001b`. */
function escaped(sign: string): string {
  const units = Array.from({ length: sign.length }, (_, i) => sign.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Columns of text, aligned; the last one is not padded. Cells are made safe here. */
export function columns(rows: readonly (readonly (string | null)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => safe(cell ?? '-')));
  const widths = cells.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), []);
  return cells
    .map((row) => `${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')}\n`)
    .join('');
}

/** JSON escapes most controls itself; the rest is escaped the same way, so that it stays the same JSON and is harmless. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2).replace(NOT_IN_JSON, escaped)}\n`;
export const jsonLine = (value: unknown): string => `${JSON.stringify(value).replace(NOT_IN_JSON, escaped)}\n`;
const NOT_IN_JSON = /[\u{7f}-\u{9f}\p{Cf}\p{Zl}\p{Zp}]/gu;

export const dateTime = (at: number | null): string => (at === null ? '-' : new Date(at).toISOString());

/** `3 s`, `12 min`, `5 h`, `2 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
