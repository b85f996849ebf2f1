/**
 * A rule table as text, in the way in which its file was written, so that a change of one cell is a change of one line:
 * lists in one line where they fit (as prettier writes JSON), or each element in a line of its own.
 */
const WIDTH = 120;

/** @param before the file as it is; what was written in neither way is written in the first */
export function tableText(content: unknown, before: string | undefined): string {
  const spread = `${JSON.stringify(content, null, 2)}\n`;
  if (before === undefined) return `${written(content, '', 0)}\n`;
  return before === `${JSON.stringify(JSON.parse(before), null, 2)}\n` ? spread : `${written(content, '', 0)}\n`;
}

/** @param taken columns of the line that stand before the value and behind it */
function written(value: unknown, indent: string, taken: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (!Array.isArray(value)) {
    const members = Object.entries(value).map(([key, one]) => {
      const name = `${JSON.stringify(key)}: `;
      return `${deeper}${name}${written(one, deeper, deeper.length + name.length + 1)}`;
    });
    return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
  }
  const flat = `[${value.map((one: unknown) => JSON.stringify(one)).join(', ')}]`;
  const isFlat = value.every((one: unknown) => typeof one !== 'object' || one === null);
  if (isFlat && taken + flat.length <= WIDTH) return flat;
  const lines = value.map((one: unknown) => `${deeper}${written(one, deeper, deeper.length + 1)}`);
  return `[\n${lines.join(',\n')}\n${indent}]`;
}
