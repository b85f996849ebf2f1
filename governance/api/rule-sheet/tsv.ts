/** Cells as spreadsheets put them onto the clipboard. Pure. */

/** Tab-separated text as spreadsheets copy it: a cell with line ends or tabs is quoted, and a quote in it doubled. */
export function readTsv(text: string): readonly (readonly string[])[] {
  const lines: string[][] = [[]];
  const plain = text.replace(/\r\n?/g, '\n').replace(/\n$/, '');
  const cell = /(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))(\t|\n|$)/gy;
  for (let found = cell.exec(plain); found; found = cell.exec(plain)) {
    const [, quoted, bare = '', end] = found;
    // A quoted cell of FEEL text ("A") is no quoting of the spreadsheet: those have a line end, a tab or a doubled quote.
    const value = quoted === undefined ? bare : /[\t\n]|""/.test(quoted) ? quoted.replaceAll('""', '"') : `"${quoted}"`;
    lines.at(-1)?.push(value.replaceAll('\n', ' '));
    if (end === '\n') lines.push([]);
    if (end === '' || cell.lastIndex > plain.length) break;
  }
  return lines;
}

export const writeTsv = (lines: readonly (readonly string[])[]): string =>
  lines
    .map((cells) =>
      cells.map((cell) => (/[\t\n]|^".*".*"/s.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join('\t'),
    )
    .join('\n');
