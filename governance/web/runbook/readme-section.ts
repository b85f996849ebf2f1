const HEADING = /^(#{1,6}) +(.+?)[ #]*$/;

/** What stands under a heading of a README, up to the next of its level or a higher one; `null`: there is no such heading. */
export function readmeSection(readme: string, heading: string): string | null {
  const lines = readme.split(/\r?\n/);
  const from = lines.findIndex((line) => HEADING.exec(line)?.[2] === heading);
  if (from < 0) return null;
  const level = levelOf(lines[from]);
  const rest = lines.slice(from + 1);
  const end = rest.findIndex((line) => levelOf(line) <= level);
  return (end < 0 ? rest : rest.slice(0, end)).join('\n').trim();
}

const levelOf = (line = ''): number => HEADING.exec(line)?.[1]?.length ?? Infinity;
