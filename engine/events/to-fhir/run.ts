/**
 * One conversion: which resources there are, then what each of them says. Longer than most, since both steps and what is near
 * what share the tables of one message.
 */
import type { Hl7Message } from '../../hl7/message.ts';
import type { CodeMap } from './code-map.ts';
import type { CompiledMapping, CompiledResource, CompiledRule, CompiledSet, Each } from './compiled.ts';
import type { ConversionContext } from './conversion.ts';
import { Coverage } from './coverage.ts';
import type { ReadContext } from './data-types/reading.ts';
import { inOrder } from './data-types/times.ts';
import { conversionErrors } from './errors.ts';
import { MessageValues, type Scope } from './message-values.ts';
import { isComplete, isTree, Leaf, Link, NEEDS, saysSomething, type LinkTarget, type Node, type Tree } from './node.ts';
import { put, valueAt } from './put.ts';
import {
  add,
  isBeside,
  isWithin,
  segmentTree,
  type MessageGroup,
  type MessageSegment,
  type SegmentTree,
} from './segment-tree.ts';
import { uuidOf } from './uuid.ts';
import type { Value } from './value.ts';

const MOST_RESOURCES = 5_000;
const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

export interface Instance extends LinkTarget {
  readonly rule: CompiledResource;
  readonly scope: Scope;
  readonly fullUrl: string;
  readonly uuid: string;
  readonly tree: Tree;
  stays: boolean;
  sameAs: Instance | undefined;
}

export class Run {
  readonly coverage = new Coverage();
  readonly instances: Instance[] = [];
  readonly segments: SegmentTree;
  readonly #mapping: CompiledMapping;
  readonly #maps: ReadonlyMap<string, CodeMap>;
  readonly #zone: string | null;
  readonly #values: MessageValues;
  readonly #seed: string;
  readonly #counts = new Map<string, number>();
  readonly #byGroup = new Map<MessageGroup, Map<string, Instance[]>>();
  readonly #byIdentity = new Map<string, Instance>();

  constructor(
    message: Hl7Message,
    mapping: CompiledMapping,
    maps: ReadonlyMap<string, CodeMap>,
    context: ConversionContext,
  ) {
    this.#mapping = mapping;
    this.#maps = maps;
    this.#zone = context.zone;
    this.#values = new MessageValues(message);
    this.#seed = seedOf(message);
    this.segments = segmentTree(message);
    this.#plan();
    this.#fill();
  }

  /** All resources first, so that they can refer to each other. */
  #plan(): void {
    const root: Scope = { group: this.segments.root, segment: undefined, value: undefined };
    for (const rule of this.#mapping.resources) {
      for (const scope of this.#scopes(rule.each, root, true)) {
        if (rule.in && !isWithin(scope.group, rule.in)) continue;
        if (this.#values.holds(rule.when, scope)) this.#add(rule, scope);
      }
    }
  }

  #fill(): void {
    for (const one of this.instances.slice()) {
      this.#set(one.rule.set, one.scope, one.tree);
      one.stays = isComplete(one.tree, one.rule.requires);
      if (one.stays && one.rule.identified) this.#unite(one);
    }
    // What cannot be without one that is left out is left out, too.
    for (let changed = true; changed;) {
      changed = false;
      for (const one of this.instances) {
        if (!one.stays || isComplete(one.tree, one.rule.requires)) continue;
        one.stays = false;
        changed = true;
      }
    }
  }

  #add(rule: CompiledResource, scope: Scope): Instance {
    if (this.instances.length >= MOST_RESOURCES)
      throw conversionErrors.create('conversion-too-many-resources', { most: MOST_RESOURCES, resource: rule.id });
    const number = (this.#counts.get(rule.id) ?? 0) + 1;
    this.#counts.set(rule.id, number);
    const uuid = uuidOf(`${this.#seed} ${rule.id} ${number}`);
    const one: Instance = { rule, scope, uuid, fullUrl: `urn:uuid:${uuid}`, tree: {}, stays: true, sameAs: undefined };
    this.instances.push(one);
    for (let group: MessageGroup | undefined = scope.group; group; group = group.parent) {
      let byId = this.#byGroup.get(group);
      if (!byId) this.#byGroup.set(group, (byId = new Map()));
      add(byId, rule.id, one);
    }
    return one;
  }

  /** A resource of a value; `undefined` where the value does not give what it requires. */
  #make(rule: CompiledResource, scope: Scope): LinkTarget | undefined {
    if (!this.#values.holds(rule.when, scope)) return undefined;
    const tree: Tree = {};
    this.#set(rule.set, scope, tree);
    if (!isComplete(tree, rule.requires)) return undefined;
    const key = rule.identified ? identityOf(rule, tree) : undefined;
    const known = key === undefined ? undefined : this.#byIdentity.get(key);
    if (known) return this.#merge(known, tree);
    const made = this.#add(rule, scope);
    Object.assign(made.tree, tree);
    if (key !== undefined) this.#byIdentity.set(key, made);
    return made;
  }

  #unite(one: Instance): void {
    const key = identityOf(one.rule, one.tree);
    if (key === undefined) return;
    const known = this.#byIdentity.get(key);
    if (!known) this.#byIdentity.set(key, one);
    else if (known !== one) this.#sameAs(one, known);
  }

  /** The second mention of a resource: its references are to the first, which takes what it did not say itself. */
  #sameAs(one: Instance, known: Instance): void {
    this.#merge(known, one.tree);
    one.stays = false;
    one.sameAs = known;
  }

  #merge(known: Instance, tree: Tree): Instance {
    for (const [name, node] of Object.entries(tree)) {
      if (isOpen(known, name)) known.tree[name] = node;
      else this.#takeAll(node);
    }
    return known;
  }

  /** Said before, of the same resource. */
  #takeAll(node: Node | undefined): void {
    if (node instanceof Leaf) this.coverage.take(node.from, node.part);
    else if (Array.isArray(node)) for (const one of node) this.#takeAll(one);
    else if (isTree(node)) for (const one of Object.values(node)) this.#takeAll(one);
  }

  #set(sets: readonly CompiledSet[], scope: Scope, tree: Tree): void {
    for (const { target, rules } of sets) {
      const isList = target.some(({ list }) => list);
      for (const rule of rules) {
        if (rule.kind === 'absent' && valueAt(tree, target) !== undefined) continue;
        const nodes = this.#nodes(rule, scope, isList);
        for (const node of nodes) put(tree, target, node);
        if (nodes.length > 0 && !isList) break;
      }
    }
  }

  #nodes(rule: CompiledRule, scope: Scope, all: boolean): readonly Node[] {
    if (!this.#values.holds(rule.when, scope)) return [];
    switch (rule.kind) {
      case 'from':
        return this.#read(rule, scope, all);
      case 'value':
        // A copy: what other rules add to it is of this message alone.
        return [structuredClone(rule.value) as Node];
      case 'absent':
        return [{ extension: [{ url: ABSENT, valueCode: rule.reason }] }];
      case 'ref': {
        const to = this.#nearest(rule.id, scope);
        return to ? [new Link(to)] : [];
      }
      case 'refs':
        return this.#all(rule.id, scope);
      case 'make':
        return this.#made(rule, scope, all);
      case 'set':
        return this.#trees(rule, scope, all);
      default:
        return rule satisfies never;
    }
  }

  #trees(rule: Extract<CompiledRule, { kind: 'set' }>, scope: Scope, all: boolean): readonly Node[] {
    const trees: Tree[] = [];
    for (const one of this.#scopes(rule.each, scope, false)) {
      const tree: Tree = {};
      this.#set(rule.set, one, tree);
      this.#keepOrder(tree);
      if (!saysSomething(tree) || !isComplete(tree, rule.requires)) continue;
      if (rule.requires.length > 0) tree[NEEDS] = rule.requires;
      trees.push(tree);
      if (!all) break;
    }
    return trees;
  }

  /** A period that ends before it begins is none (per-1): its end is left out. */
  #keepOrder(tree: Tree): void {
    const [start, end] = [tree['start'], tree['end']];
    if (!(start instanceof Leaf) || !(end instanceof Leaf) || inOrder(String(start.value), String(end.value))) return;
    this.coverage.report(end.from, end.part, 'value-unreadable');
    delete tree['end'];
  }

  #read(rule: Extract<CompiledRule, { kind: 'from' }>, scope: Scope, all: boolean): readonly Node[] {
    const context = this.#context(rule.map, rule.table);
    for (const path of rule.paths) {
      const values = this.#values.at(path, scope);
      if (rule.type.lines) {
        const [first] = values;
        if (!first) continue;
        for (const value of values) this.coverage.take(value, 1);
        return [new Leaf(values.map(({ text }) => text).join('\n'), first, values.length > 1 ? 0 : 1)];
      }
      const nodes: Node[] = [];
      for (const value of values) {
        const node = rule.type.read(value, context);
        if (node !== undefined) nodes.push(node);
        if (!all && nodes.length > 0) break;
      }
      if (nodes.length > 0) return nodes;
    }
    return [];
  }

  #made(rule: Extract<CompiledRule, { kind: 'make' }>, scope: Scope, all: boolean): readonly Node[] {
    const resource = this.#mapping.made.get(rule.id);
    const links: Node[] = [];
    if (!resource) return links;
    for (const path of rule.paths)
      for (const value of this.#values.at(path, scope)) {
        const to = this.#make(resource, { ...scope, value });
        if (to) links.push(new Link(to));
        if (!all && links.length > 0) return links;
      }
    return links;
  }

  #all(id: string, { group }: Scope): readonly Node[] {
    const found = this.#byGroup.get(group)?.get(id) ?? [];
    return [...new Set(found.map((one) => one.sameAs ?? one))].map((to) => new Link(to));
  }

  /** Of the same segment, else the nearest from the inside out; never of another repetition of a group. */
  #nearest(id: string, { group, segment }: Scope): Instance | undefined {
    let below: MessageGroup | undefined;
    for (let here: MessageGroup | undefined = group; here; below = here, here = here.parent) {
      const found = this.#byGroup.get(here)?.get(id);
      if (!found) continue;
      const own = segment && found.find((one) => one.scope.segment === segment);
      const nearest = own ?? this.#firstBeside(found, here, below, id);
      if (nearest) return nearest;
    }
    return undefined;
  }

  readonly #beside = new Map<MessageGroup, Map<string, Instance | null>>();

  /** All that is referred to was planned before: what was found stays what is found. */
  #firstBeside(
    found: readonly Instance[],
    here: MessageGroup,
    below: MessageGroup | undefined,
    id: string,
  ): Instance | undefined {
    let byName = this.#beside.get(here);
    if (!byName) this.#beside.set(here, (byName = new Map()));
    const key = `${below?.name ?? ''} ${id}`;
    let first = byName.get(key);
    if (first === undefined) {
      first = found.find((one) => isBeside(one.scope.group, here, below)) ?? null;
      byName.set(key, first);
    }
    return first ?? undefined;
  }

  #scopes(each: Each | null, scope: Scope, anywhere: boolean): readonly Scope[] {
    if (each === null) return [scope];
    if (each.kind === 'values') return this.#values.at(each.path, scope).map((value) => ({ ...scope, value }));
    if (each.kind === 'group') {
      const groups = scope.group.name === each.name ? [scope.group] : (scope.group.groups.get(each.name) ?? []);
      return groups.map((group) => ({ group, segment: undefined, value: undefined }));
    }
    const found: readonly MessageSegment[] =
      (anywhere ? undefined : scope.group.own.get(each.name)) ?? scope.group.all.get(each.name) ?? [];
    return found.map((segment) => ({ group: segment.group, segment, value: undefined }));
  }

  readonly #contexts = new Map<CodeMap | null, Map<string | null, ReadContext>>();

  #context(map: CodeMap | null, table: string | null): ReadContext {
    let byTable = this.#contexts.get(map);
    if (!byTable) this.#contexts.set(map, (byTable = new Map()));
    const known = byTable.get(table);
    if (known) return known;
    const context: ReadContext = {
      zone: this.#zone,
      map,
      table,
      mapNamed: (name) => this.#maps.get(name),
      sibling: (value, field) => this.#values.repetitions(value.segment, field)[0],
      report: (value, part, reason, unknown) => this.coverage.report(value, part, reason, unknown),
      see: (value, ...parts) => this.#see(value, parts),
    };
    byTable.set(table, context);
    return context;
  }

  #see(value: Value, parts: readonly number[]): void {
    for (const part of parts) this.coverage.take(value, part);
  }
}

/** Of the first identifier with a system: without one, two things that are numbered 1 would be one. */
function identityOf({ id }: CompiledResource, tree: Tree): string | undefined {
  const identifiers = tree['identifier'];
  for (const one of Array.isArray(identifiers) ? identifiers : [identifiers]) {
    if (!isTree(one)) continue;
    const [system, value] = [one['system'], one['value']].map((part) => (part instanceof Leaf ? part.value : part));
    if (typeof system === 'string' && typeof value === 'string') return `${id} ${system}|${value}`;
  }
  return undefined;
}

/** What names the message: who sent it, when, and its number; where it has none, its text. */
/** Whether the resource says nothing of it yet, nor in another form of the same choice: `valueString` beside `valueQuantity`. */
function isOpen({ rule, tree }: Instance, name: string): boolean {
  if (tree[name] !== undefined) return false;
  const stem = rule.set.flatMap(({ target: [step] }) =>
    step?.choice === true && isFormOf(step.name, name) ? [step.name] : [],
  )[0];
  return stem === undefined || !Object.keys(tree).some((other) => isFormOf(stem, other));
}

const isFormOf = (stem: string, name: string): boolean =>
  name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length));

function seedOf(message: Hl7Message): string {
  const number = message.get('MSH-10').trim();
  if (number === '') return message.source.text;
  return JSON.stringify([...['MSH-3', 'MSH-4', 'MSH-7', 'MSH-9'].map((path) => message.raw(path)), number]);
}
