/** The preview of a node that does not bring its own: what its expressions come out as, each by itself. Fixed texts are left out. */
import { WardflowError } from '../../engine/index.ts';
import type { PreviewGiven, PreviewRow, ValuePreview } from '../../runtime/services.ts';
import { isValueKind, text, type NamedValue } from './checks.ts';
import type { NodeDeclaration } from './properties.ts';

/** As a list of a form may be long. */
const MOST_ROWS = 50;

/** `undefined`: the node has no expression. */
export function previewOfExpressions<P extends object>(declaration: NodeDeclaration<P>): ValuePreview | undefined {
  const properties = Object.entries<{ readonly expression?: string }>(declaration.properties);
  if (properties.every(([, { expression }]) => expression === undefined)) return undefined;
  return async (given) => {
    const rows: PreviewRow[] = [];
    for (const [name, { expression }] of properties) {
      const value = given.config[name];
      if (expression !== undefined && text(value) !== '') {
        const kind = expression === 'always' ? 'jsonata' : given.config[expression];
        if (kind !== 'str') rows.push(await previewRow(given, { field: name }, value, kind));
      } else if (Array.isArray(value)) rows.push(...(await listRows(given, name, value)));
    }
    return { rows };
  };
}

/** One field's row: its value, or what is wrong with it. */
export async function previewRow(
  given: Pick<PreviewGiven, 'value'>,
  row: Omit<PreviewRow, 'value' | 'problem'>,
  source: unknown,
  kind: unknown,
): Promise<PreviewRow> {
  try {
    return { ...row, value: await given.value(text(source), isValueKind(kind) ? kind : 'str') };
  } catch (error) {
    return { ...row, problem: problemOf(error) };
  }
}

/** What a row says of an error. Of a foreign one nothing: its text may quote the message. */
export function problemOf(error: unknown): NonNullable<PreviewRow['problem']> {
  return error instanceof WardflowError
    ? { title: error.message, remedy: error.remedy }
    : { title: 'This could not be worked out.', remedy: 'Change it, or try another message.' };
}

async function listRows(
  given: Pick<PreviewGiven, 'value'>,
  field: string,
  list: readonly unknown[],
): Promise<readonly PreviewRow[]> {
  const rows: PreviewRow[] = [];
  for (const [index, item] of list.slice(0, MOST_ROWS).entries()) {
    if (!isNamedValue(item) || item.kind === 'str') continue;
    rows.push(await previewRow(given, { field: `${field}[${index}]`, label: item.name }, item.value, item.kind));
  }
  return rows;
}

function isNamedValue(item: unknown): item is NamedValue {
  if (typeof item !== 'object' || item === null) return false;
  const { name, value, kind } = item as Partial<Record<keyof NamedValue, unknown>>;
  return typeof name === 'string' && typeof value === 'string' && isValueKind(kind);
}
