/** CE, CWE, CNE, IS and ID: codes with the system that they are of. */
import { Leaf, type Node, type Tree } from '../node.ts';
import type { Value } from '../value.ts';
import { namedUri } from './identifiers.ts';
import { leaf, mapped, type ReadContext } from './reading.ts';

const OID = /^[0-2](?:\.(?:0|[1-9]\d*))+$/;
/** Codes that a site made for itself (HL7 table 0396: L, 99xxx) say nothing of whose they are; `L` alone names no system. */
const NO_SYSTEM: ReadonlySet<string> = new Set(['L', 'LOCAL']);

/** The system of a coding: by the code map `coding-systems`, an HL7 table (`HL70001`), an OID, else its name as a URI. */
export function codingSystem(value: Value, part: number, context: ReadContext): Leaf | undefined {
  const name = value.part(part);
  if (name === '') return undefined;
  const map = context.mapNamed('coding-systems');
  const row = map?.find(name) ?? map?.find(name.toUpperCase());
  if (map && row && row.to !== null) {
    return new Leaf(row.to, value, part, { name: map.name, version: map.version, relation: row.relation });
  }
  if (NO_SYSTEM.has(name.toUpperCase())) {
    context.see(value, part);
    return undefined;
  }
  const [, table] = /^(?:HL7|hl7)-?(\d{4})$/.exec(name) ?? [];
  if (table !== undefined) return new Leaf(tableUri(table), value, part);
  if (OID.test(name)) return new Leaf(`urn:oid:${name}`, value, part);
  return new Leaf(/^(?:https?:\/\/|urn:)[^\s|]+$/.test(name) ? name : namedUri(name), value, part);
}

export const tableUri = (table: string): string => `http://terminology.hl7.org/CodeSystem/v2-${table}`;

/** A code as FHIR writes one: no blanks at its ends or two of them within. */
const CODE = /^[^\s]+(?: [^\s]+)*$/;

function coding(value: Value, first: number, version: number, context: ReadContext): Tree | undefined {
  const [code, display] = [leaf(value, first), leaf(value, first + 1)];
  if (!code || !CODE.test(String(code.value))) return undefined;
  const stated = codingSystem(value, first + 2, context);
  const system = stated ?? (first === 1 && context.table !== null ? tableUri(context.table) : undefined);
  return { system, version: leaf(value, version), code, display };
}

function codings(value: Value, context: ReadContext): Tree[] {
  return [coding(value, 1, 7, context), coding(value, 4, 8, context), coding(value, 10, 13, context)].filter(
    (one) => one !== undefined,
  );
}

/** What people read of it: the original text, else the text of the first coding that has one. */
function textOf(value: Value): Leaf | undefined {
  return leaf(value, 9) ?? leaf(value, 2) ?? leaf(value, 5) ?? leaf(value, 11);
}

/** All three triplets; a code that goes through a map comes first, with what it was made of behind it. */
export function concept(value: Value, context: ReadContext): Node | undefined {
  const stated = codings(value, context);
  const text = textOf(value) ?? (stated.length === 0 ? leaf(value, 1) : undefined);
  const own = context.map && mapped(value, 1, context.map, context);
  const all = own ? [{ system: context.map.file.target, code: own.code, display: own.display }, ...stated] : stated;
  if (all.length === 0 && !text) return undefined;
  return { ...(all.length > 0 && { coding: all }), text };
}

/** One coding: through the map, else the first that is stated. */
export function oneCoding(value: Value, context: ReadContext): Node | undefined {
  if (context.map) {
    const own = mapped(value, 1, context.map, context);
    return own && { system: context.map.file.target, code: own.code, display: own.display };
  }
  return codings(value, context)[0];
}

/** A code through the map, else as it stands. */
export function code(value: Value, context: ReadContext): Leaf | undefined {
  if (context.map) {
    const own = mapped(value, 1, context.map, context)?.code;
    if (own) context.see(value, 2, 3);
    return own;
  }
  const text = leaf(value);
  if (!text || CODE.test(String(text.value))) return text;
  context.report(value, 1, 'value-unreadable');
  return undefined;
}

/** What people read of a code, else the code. */
export function conceptText(value: Value, context: ReadContext): Leaf | undefined {
  const text = textOf(value);
  if (text) context.see(value, 1, 3);
  return text ?? leaf(value);
}
