/** CX, EI, HD and what else names a thing: identifiers, and the systems that they are of. */
import { isTree, Leaf, type Node, type Tree } from '../node.ts';
import type { Value } from '../value.ts';
import { leaf, mapped, type DataType, type ReadContext } from './reading.ts';
import { period } from './times.ts';

const OID = /^[0-2](?:\.(?:0|[1-9]\d*))+$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const URI = /^(?:https?:\/\/|urn:)[^\s|]+$/i;

/** A name that is no URI, as one of ours: a server compares systems by text, so it must be the same every time. */
export const namedUri = (name: string): string => `urn:id:${encodeURIComponent(name.toWellFormed())}`;

/** A universal id as a URI; `undefined` where it is none that everybody knows. */
function universalUri(id: string, type: string): string | undefined {
  if (id === '') return undefined;
  const kind = type.toUpperCase();
  if (OID.test(id) && (kind === 'ISO' || kind === '' || kind === 'OID')) return `urn:oid:${id}`;
  if (UUID.test(id) && (kind === 'UUID' || kind === 'GUID' || kind === '')) return `urn:uuid:${id.toLowerCase()}`;
  if (URI.test(id)) return id;
  return undefined;
}

/**
 * HD in three parts from `first` on: the code map `identifier-systems` by the name, else an OID, UUID or URI as such, else a
 * URI made of the name, else of the universal id.
 */
export function authority(value: Value, context: ReadContext, first = 1): Leaf | undefined {
  const [name, id, type] = [value.part(first), value.part(first + 1), value.part(first + 2)];
  const map = context.mapNamed('identifier-systems');
  const row = name === '' ? undefined : map?.find(name);
  if (map && row?.to !== undefined && row.to !== null) {
    context.see(value, first + 1, first + 2);
    return new Leaf(row.to, value, first, { name: map.name, version: map.version, relation: row.relation });
  }
  const uri = universalUri(id, type);
  if (uri !== undefined) {
    context.see(value, first, first + 2);
    return new Leaf(uri, value, first + 1);
  }
  if (name !== '') return new Leaf(namedUri(name), value, first);
  if (id === '') return undefined;
  context.see(value, first + 2);
  return new Leaf(namedUri(id), value, first + 1);
}

/** HD that is a component: its subcomponents are the parts. */
export function authorityIn(value: Value, component: number, context: ReadContext): Leaf | undefined {
  return authority(value.within(component), context);
}

/** HL7 table 0203: its codes are those of the code system that FHIR has for it; a site's own stays as text. */
function identifierType(value: Value, part: number, context: ReadContext): Node | undefined {
  if (!context.mapNamed('identifier-type')?.find(value.part(part))) {
    const text = leaf(value, part);
    return text && { text };
  }
  const found = mapped(value, part, context.mapNamed('identifier-type'), context);
  return found && { coding: [{ system: TYPE_SYSTEM, code: found.code, display: found.display }] };
}
const TYPE_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v2-0203';

const reference = (display: Leaf | undefined): Tree | undefined => display && { display };

/** CX: check digit and its scheme (2, 3) are part of no identifier in FHIR. */
export function cx(value: Value, context: ReadContext): Node | undefined {
  const number = leaf(value, 1);
  if (!number) return undefined;
  context.see(value, 2, 3);
  return {
    type: identifierType(value, 5, context),
    system: authorityIn(value, 4, context),
    value: number,
    period: period(value, context, 7, 8),
    assigner: reference(leaf(value.within(6))),
  };
}

/** CX of an identifier that is no longer in use (MRG, A47). */
export function cxOld(value: Value, context: ReadContext): Node | undefined {
  const identifier = cx(value, context);
  return identifier && { use: 'old', ...(identifier as Tree) };
}

/** The row of `identifier-systems` for numbers of a kind that name no authority: `default VN`. */
function defaultSystem(code: string, value: Value, context: ReadContext): Leaf | undefined {
  const map = context.mapNamed('identifier-systems');
  const row = map?.find(`default ${code}`);
  if (!map || !row?.to) return undefined;
  return new Leaf(row.to, value, 1, { name: map.name, version: map.version, relation: row.relation });
}

/** CX of a field that says what kind it is, unless it says so itself; without an authority the site's own, where it has said which. */
export const cxFor =
  (code: string, display: string): DataType =>
  (value, context) => {
    const read = cx(value, context);
    if (!isTree(read)) return read;
    const identifier = read['system'] ? read : { ...read, system: defaultSystem(code, value, context) };
    if (identifier['type'] !== undefined) return identifier;
    return { type: { coding: [{ system: TYPE_SYSTEM, code, display }] }, ...without(identifier, 'type') };
  };

function without({ ...tree }: Tree, name: string): Tree {
  delete tree[name];
  return tree;
}

/** EI, and what is made as it is. */
export function ei(value: Value, context: ReadContext): Node | undefined {
  const number = leaf(value, 1);
  return number && { system: authority(value, context, 2), value: number };
}

/** EI of a number whose kind the field says. */
export const eiFor =
  (code: string, display: string): DataType =>
  (value, context) => {
    const identifier = ei(value, context);
    return isTree(identifier)
      ? { type: { coding: [{ system: TYPE_SYSTEM, code, display }] }, ...identifier }
      : identifier;
  };

/** XCN: identifier (1), authority (9), type (13), facility (14). */
export function xcn(value: Value, context: ReadContext): Node | undefined {
  const number = leaf(value, 1);
  if (!number) return undefined;
  context.see(value, 11, 12);
  // Where no authority is stated, the table that the number is from (8) says as much.
  const system = authorityIn(value, 9, context) ?? authorityIn(value, 8, context);
  if (value.within(9).text !== '') context.see(value, 8);
  return {
    type: identifierType(value, 13, context),
    system,
    value: number,
    assigner: reference(leaf(value.within(14))),
  };
}

/** XON: the identifier (10), else the number of older versions (3), of the authority (6). */
export function xon(value: Value, context: ReadContext): Node | undefined {
  const number = leaf(value, 10) ?? leaf(value, 3);
  if (!number) return undefined;
  if (number.part === 10) context.see(value, 3);
  context.see(value, 4, 5);
  return {
    type: identifierType(value, 7, context),
    system: authorityIn(value, 6, context),
    value: number,
    assigner: reference(leaf(value.within(8))),
  };
}

/** DLN: number, who issued it, until when. */
export function dln(value: Value, context: ReadContext): Node | undefined {
  const number = leaf(value, 1);
  return (
    number && {
      type: { coding: [{ system: TYPE_SYSTEM, code: 'DL' }] },
      value: number,
      assigner: reference(leaf(value, 2)),
      period: period(value, context, 99, 3),
    }
  );
}

/** A bare value (ST, SI, NM). */
export function plain(value: Value): Node | undefined {
  const number = leaf(value, 1);
  return number && { value: number };
}

/** PID-19 (2.4 and before): a social security number, by the definition of the field. */
export function ssn(value: Value): Node | undefined {
  const number = leaf(value, 1);
  return (
    number && {
      type: { coding: [{ system: TYPE_SYSTEM, code: 'SS' }] },
      system: 'http://hl7.org/fhir/sid/us-ssn',
      value: number,
    }
  );
}
