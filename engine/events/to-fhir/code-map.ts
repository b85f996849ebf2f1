/** maps/<name>.json: which code of one system says what in another. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/canonical-json.ts';
import { schemaCheck, type Problem } from '../../base/json-schema.ts';
import { ABOUT, text } from '../../definitions/schema-parts.ts';

export interface CodeMapRow {
  readonly from: string;
  /** `null`: known, and FHIR has nothing to say it with. */
  readonly to: string | null;
  readonly display?: string;
  readonly relation: 'equivalent' | 'wider' | 'narrower' | 'none';
  readonly note?: string;
}

export interface CodeMapFile {
  readonly kind: 'map';
  readonly format: 1;
  readonly name: string;
  readonly title?: string;
  readonly owner: { readonly name: string; readonly contact: string };
  readonly reason?: string;
  readonly reference?: string;
  /** What the codes are of: `HL7 table 0001`. */
  readonly source: string;
  /** URI of the code system that they become. */
  readonly target: string;
  readonly rows: readonly CodeMapRow[];
  readonly unmapped: 'report' | 'quarantine' | { readonly use: string; readonly display?: string };
}

export interface CodeMap {
  readonly name: string;
  /** SHA-256 hex over its meaning. */
  readonly version: string;
  readonly owner: { readonly name: string; readonly contact: string };
  readonly file: CodeMapFile;
  find(code: string): CodeMapRow | undefined;
}

const MOST_ROWS = 20_000;

const check = schemaCheck<CodeMapFile>({
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'name', 'owner', 'source', 'target', 'rows', 'unmapped'],
  properties: {
    kind: { const: 'map' },
    format: { const: 1 },
    ...ABOUT,
    source: text(200),
    target: { type: 'string', pattern: '^[a-z][a-z0-9+.-]*:[^\\s]{1,300}$', description: 'a URI' },
    rows: {
      type: 'array',
      maxItems: MOST_ROWS,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['from', 'to', 'relation'],
        properties: {
          from: text(200),
          to: { type: ['string', 'null'], minLength: 1, maxLength: 300 },
          display: text(300),
          relation: { enum: ['equivalent', 'wider', 'narrower', 'none'] },
          note: text(500),
        },
      },
    },
    unmapped: {
      anyOf: [
        { enum: ['report', 'quarantine'] },
        {
          type: 'object',
          additionalProperties: false,
          required: ['use'],
          properties: { use: text(300), display: text(300) },
        },
      ],
    },
  },
});

/** The map, or what is wrong with the file. `name`: of the file. */
export function readCodeMap(
  json: unknown,
  name: string,
): { readonly map?: CodeMap; readonly problems: readonly Problem[] } {
  if (!check.accepts(json)) return { problems: check.problems(json) };
  const problems: Problem[] = [];
  if (json.name !== name) problems.push({ place: 'name', what: `must be that of the file, "${name}"` });
  const rows = new Map<string, CodeMapRow>();
  for (const [i, row] of json.rows.entries()) {
    if (rows.has(row.from)) problems.push({ place: `rows[${i}].from`, what: 'is a code that an earlier row has' });
    if ((row.to === null) !== (row.relation === 'none'))
      problems.push({ place: `rows[${i}].relation`, what: 'must be "none" where, and only where, "to" is null' });
    rows.set(row.from, row);
  }
  if (problems.length > 0) return { problems };
  const version = createHash('sha256').update(canonicalJson(json)).digest('hex');
  return {
    map: { name, version, owner: json.owner, file: json, find: (code) => rows.get(code) },
    problems,
  };
}
