/** Resources in the making as a transaction, with where each of their values came from. */
import type { FhirResource } from '../../fhir/endpoint.ts';
import type { LineageEntry } from './conversion.ts';
import type { Coverage } from './coverage.ts';
import { Choice, isComplete, Leaf, Link, NEEDS, type Node, type Tree } from './node.ts';
import type { Instance } from './run.ts';

/** System of the identifier by which what has no number of its own is created once: a UUID derived from the message. */
export const CONVERSION_IDENTIFIER_SYSTEM = 'urn:wardflow:hl7v2';

/** R4 types without `identifier`, among those that messages become. */
const WITHOUT_IDENTIFIER: ReadonlySet<string> = new Set([
  'Binary',
  'MessageHeader',
  'OperationOutcome',
  'Parameters',
  'Provenance',
]);
const ONE_IDENTIFIER: ReadonlySet<string> = new Set(['Bundle', 'Composition', 'QuestionnaireResponse']);

type JsonObject = Record<string, unknown>;

export function bundleOf(
  instances: readonly Instance[],
  coverage: Coverage,
): { readonly bundle: FhirResource; readonly lineage: readonly LineageEntry[] } {
  const writer = new Writer(coverage);
  const counts = new Map<string, number>();
  const entry = [];
  for (const one of instances) {
    if (!one.stays) continue;
    const { type, identified } = one.rule;
    const number = counts.get(type) ?? 0;
    counts.set(type, number + 1);
    const resource = { resourceType: type, ...writer.object(one.tree, `${type}[${number}]`) };
    const known = identified ? businessIdentifier(resource) : undefined;
    const once = known ?? ownIdentifier(resource, type, one.uuid);
    entry.push({
      fullUrl: one.fullUrl,
      resource,
      request: { method: 'POST', url: type, ...(once !== undefined && { ifNoneExist: once }) },
    });
  }
  return { bundle: { resourceType: 'Bundle', type: 'transaction', entry }, lineage: writer.lineage };
}

class Writer {
  readonly lineage: LineageEntry[] = [];
  readonly #coverage: Coverage;

  constructor(coverage: Coverage) {
    this.#coverage = coverage;
  }

  object(tree: Tree, path: string): JsonObject | undefined {
    if (!isComplete(tree, tree[NEEDS])) return undefined;
    const object: JsonObject = {};
    let some = false;
    for (const name of Object.keys(tree)) {
      const value = this.#value(tree[name], `${path}.${name}`);
      if (value === undefined) continue;
      object[name] = value;
      some = true;
    }
    return some ? object : undefined;
  }

  #value(node: Node | undefined, path: string): unknown {
    if (node === undefined) return undefined;
    if (node instanceof Leaf) {
      this.#coverage.take(node.from, node.part);
      this.lineage.push({ target: path, source: node.from.path(node.part), map: node.map });
      return node.value;
    }
    if (node instanceof Link) {
      if (!node.to.stays) return undefined;
      this.lineage.push({ target: `${path}.reference`, source: null, map: null });
      return { reference: node.to.fullUrl };
    }
    if (node instanceof Choice) return undefined;
    if (Array.isArray(node)) {
      const items: unknown[] = [];
      for (const one of node) {
        const item = this.#value(one, `${path}[${items.length}]`);
        if (item !== undefined) items.push(item);
      }
      return items.length > 0 ? items : undefined;
    }
    if (typeof node === 'object') return this.object(node, path);
    this.lineage.push({ target: path, source: null, map: null });
    return node;
  }
}

interface Identifier {
  readonly use?: string;
  readonly system?: string;
  readonly value?: string;
  readonly type?: { readonly coding?: readonly { readonly code?: string }[] };
}

/** Search parameters that find it: a patient's medical record number, else the first identifier with a system. */
function businessIdentifier(resource: JsonObject): string | undefined {
  const stated = resource['identifier'];
  const all = ((Array.isArray(stated) ? stated : [stated]) as readonly (Identifier | undefined)[]).filter(
    (one): one is Identifier => one?.system !== undefined && one.value !== undefined && one.use !== 'old',
  );
  const isRecord = ({ type }: Identifier): boolean => type?.coding?.some(({ code }) => code === 'MR') ?? false;
  const one = resource['resourceType'] === 'Patient' ? (all.find(isRecord) ?? all[0]) : all[0];
  return one && token(one.system ?? '', one.value ?? '');
}

/** An identifier of ours, so that the same message makes the same resource once. */
function ownIdentifier(resource: JsonObject, type: string, uuid: string): string | undefined {
  if (WITHOUT_IDENTIFIER.has(type)) return undefined;
  const own = { system: CONVERSION_IDENTIFIER_SYSTEM, value: uuid };
  if (ONE_IDENTIFIER.has(type)) {
    if (resource['identifier'] !== undefined) return undefined;
    resource['identifier'] = own;
  } else resource['identifier'] = [...((resource['identifier'] as unknown[] | undefined) ?? []), own];
  return token(own.system, own.value);
}

/** A comma would be another value, a bar another system (R4 3.1.1.3.2). */
const token = (system: string, value: string): string =>
  `identifier=${encodeURIComponent(`${escaped(system)}|${escaped(value)}`)}`;
const escaped = (text: string): string => text.replace(/[\\,$|]/g, '\\$&').toWellFormed();
