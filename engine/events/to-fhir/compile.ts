/** Mapping files and code maps as something that runs; everything that cannot is said, with its place. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/canonical-json.ts';
import { nearest } from '../../base/nearest.ts';
import type { CodeMap } from './code-map.ts';
import {
  componentBit,
  type CompiledCondition,
  type CompiledMapping,
  type CompiledResource,
  type CompiledRule,
  type CompiledSet,
  type Each,
} from './compiled.ts';
import { DATA_TYPES } from './data-types/data-types.ts';
import type { Condition, Mapping, ResourceRule, SetRule, SetRules } from './mapping-file.ts';
import { sourcePath, targetPath, type SourcePath } from './paths.ts';

export interface MappingProblem {
  /** Name of the mapping. */
  readonly mapping: string;
  readonly place: string;
  /** Half a sentence that follows the place. */
  readonly what: string;
}

export interface MappingParts {
  readonly mappings: ReadonlyMap<string, Mapping>;
  readonly maps: ReadonlyMap<string, CodeMap>;
}

/** The mapping with all that it uses. `problems` is added to; what has one is not to be run. */
export function compileMapping(mapping: Mapping, parts: MappingParts, problems: MappingProblem[]): CompiledMapping {
  const compiler = new Compiler(mapping, parts, problems);
  return compiler.compile();
}

const KINDS = ['from', 'value', 'ref', 'refs', 'make', 'absent', 'set'] as const;
/** What may stand beside each of them. */
const BESIDE: Readonly<Record<(typeof KINDS)[number], readonly string[]>> = {
  from: ['as', 'with', 'table'],
  value: [],
  ref: [],
  refs: [],
  make: ['from'],
  absent: [],
  set: ['each', 'requires'],
};

class Compiler {
  readonly #mapping: Mapping;
  readonly #parts: MappingParts;
  readonly #problems: MappingProblem[];
  readonly #segments = new Set<string>(['MSH']);
  readonly #used: Mapping[] = [];
  readonly #ids = new Map<string, ResourceRule>();

  constructor(mapping: Mapping, parts: MappingParts, problems: MappingProblem[]) {
    this.#mapping = mapping;
    this.#parts = parts;
    this.#problems = problems;
  }

  compile(): CompiledMapping {
    const { name, file } = this.#mapping;
    this.#take(this.#mapping, []);
    const rules = [...this.#ids.values()];
    const resources = rules.map((rule) => this.#resource(rule));
    const version = createHash('sha256').update(
      canonicalJson({
        mapping: this.#mapping.hash,
        uses: Object.fromEntries(this.#used.map((one) => [one.name, one.hash])),
        maps: Object.fromEntries([...this.#parts.maps.values()].map((map) => [map.name, map.version])),
      }),
    );
    return {
      name,
      version: version.digest('hex'),
      source: file.source ?? [],
      resources: resources.filter(({ made }) => !made),
      made: new Map(resources.filter(({ made }) => made).map((one) => [one.id, one])),
      ignored: this.#ignored(),
      segments: this.#segments,
    };
  }

  /** The parts first, in their order; what a mapping has of the same id is laid over that of the parts. */
  #take(mapping: Mapping, under: readonly string[]): void {
    for (const [i, name] of (mapping.file.uses ?? []).entries()) {
      const part = this.#parts.mappings.get(name);
      const place = `uses[${i}]`;
      if (!part) this.#say(place, `names "${name}", which is no mapping${this.#guess(name, this.#parts.mappings)}`);
      else if (under.includes(name) || name === mapping.name) this.#say(place, `uses "${name}" in a circle`);
      else if (!this.#used.includes(part)) {
        this.#take(part, [...under, mapping.name]);
        this.#used.push(part);
      }
    }
    const own = new Set<string>();
    for (const rule of mapping.file.resources ?? []) {
      if (own.has(rule.id)) this.#say('resources', `has the id "${rule.id}" twice`);
      own.add(rule.id);
      const before = this.#ids.get(rule.id);
      this.#ids.set(rule.id, before ? { ...before, ...rule, set: { ...before.set, ...rule.set } } : rule);
    }
  }

  #resource(rule: ResourceRule): CompiledResource {
    const place = `resource "${rule.id}"`;
    const each = rule.each === undefined ? null : this.#each(rule.each, place, false);
    if (rule.made && rule.each !== undefined) this.#say(place, 'is made by others, and has no "each"');
    return {
      id: rule.id,
      type: rule.type,
      each,
      in: rule.in === undefined ? null : [rule.in].flat(),
      made: rule.made ?? false,
      when: rule.when ? this.#condition(rule.when, place) : null,
      identified: rule.identity !== undefined,
      requires: rule.requires ?? [],
      set: this.#set(rule.set, place),
    };
  }

  #set(rules: SetRules, place: string): readonly CompiledSet[] {
    return Object.entries(rules).map(([text, one]) => {
      const target = targetPath(text);
      const here = `${place}, ${text}`;
      if (!target) this.#say(here, 'is no path of an element, such as name[].family');
      const list = Array.isArray(one) ? (one as readonly SetRule[]) : [one as SetRule];
      return { target: target ?? [], rules: list.map((rule) => this.#rule(rule, here)) };
    });
  }

  #rule(rule: SetRule, place: string): CompiledRule {
    const when = rule.when ? this.#condition(rule.when, place) : null;
    const kind = KINDS.find((key) => key in rule && !(key === 'from' && 'make' in rule));
    if (!kind) {
      this.#say(place, `says none of ${KINDS.join(', ')}`);
      return { when, kind: 'value', value: '' };
    }
    for (const key of Object.keys(rule))
      if (key !== kind && key !== 'when' && !BESIDE[kind].includes(key))
        this.#say(place, `cannot have "${key}" beside "${kind}"`);
    switch (kind) {
      case 'from':
        return { when, kind, ...this.#from(rule, place) };
      case 'value':
        return { when, kind, value: rule.value ?? '' };
      case 'ref':
      case 'refs':
        return { when, kind, id: this.#id(rule[kind] ?? '', place, false) };
      case 'make':
        return { when, kind, id: this.#id(rule.make ?? '', place, true), paths: this.#paths(rule.from ?? '$', place) };
      case 'absent':
        return { when, kind, reason: rule.absent ?? 'unknown' };
      case 'set':
        break;
    }
    return {
      when,
      kind,
      each: rule.each === undefined ? null : this.#each(rule.each, place, true),
      requires: rule.requires ?? [],
      set: this.#set(rule.set ?? {}, place),
    };
  }

  #from(
    rule: SetRule,
    place: string,
  ): Pick<Extract<CompiledRule, { kind: 'from' }>, 'paths' | 'type' | 'map' | 'table'> {
    const { as = 'string' } = rule;
    const type = DATA_TYPES.get(as);
    if (!type) this.#say(place, `is read as "${as}", which is no way to read${this.#guess(as, DATA_TYPES)}`);
    for (const needed of type?.maps ?? [])
      if (!this.#parts.maps.has(needed)) this.#say(place, `is read as ${as}, which needs the code map "${needed}"`);
    const map = rule.with === undefined ? null : (this.#parts.maps.get(rule.with) ?? null);
    if (rule.with !== undefined && !map)
      this.#say(place, `goes through "${rule.with}", which is no code map${this.#guess(rule.with, this.#parts.maps)}`);
    return {
      paths: this.#paths(rule.from ?? [], place),
      type: type ?? { read: () => undefined },
      map,
      table: rule.table ?? null,
    };
  }

  #paths(stated: string | readonly string[], place: string): readonly SourcePath[] {
    return [stated].flat().map((text) => this.#path(text, place));
  }

  #path(text: string, place: string): SourcePath {
    const path = sourcePath(text);
    if (!path) this.#say(place, `has the path "${text}", which is none such as PID-5.1 or $.2`);
    if (path?.segment) this.#segments.add(path.segment);
    return path ?? { segment: null, field: 0, repetition: 0, component: 0, subcomponent: 0 };
  }

  #each(text: string, place: string, values: boolean): Each {
    if (text === '$' || text.includes('-')) {
      if (!values) this.#say(place, `repeats over "${text}", which only a set can: name a segment or a group`);
      return { kind: 'values', path: this.#path(text, place) };
    }
    const isSegment = /^[A-Z][A-Z0-9]{2}$/.test(text);
    if (isSegment) this.#segments.add(text);
    return { kind: isSegment ? 'segment' : 'group', name: text };
  }

  #condition(condition: Condition, place: string): CompiledCondition {
    if ('all' in condition) return { kind: 'all', of: condition.all.map((one) => this.#condition(one, place)) };
    if ('any' in condition) return { kind: 'any', of: condition.any.map((one) => this.#condition(one, place)) };
    const path = this.#path(condition.path, place);
    if ('present' in condition) return { kind: 'present', path, present: condition.present };
    return 'is' in condition
      ? { kind: 'is', path, values: new Set([condition.is].flat()) }
      : { kind: 'not', path, values: new Set([condition.not].flat()) };
  }

  #id(id: string, place: string, made: boolean): string {
    // A part refers to what others bring along; in a message without it there is nothing to refer to.
    const rule = this.#ids.get(id) ?? this.#anywhere().get(id);
    if (!rule)
      this.#say(place, `names "${id}", which is no resource of any mapping${this.#guess(id, this.#anywhere())}`);
    else if ((rule.made ?? false) !== made)
      this.#say(place, made ? `makes "${id}", which is not said to be made` : `refers to "${id}", which is only made`);
    return id;
  }

  #known: ReadonlyMap<string, ResourceRule> | undefined;

  #anywhere(): ReadonlyMap<string, ResourceRule> {
    this.#known ??= new Map(
      [...this.#parts.mappings.values()].flatMap(({ file }) => (file.resources ?? []).map((one) => [one.id, one])),
    );
    return this.#known;
  }

  #ignored(): ReadonlyMap<string, ReadonlyMap<number, number>> {
    const ignored = new Map<string, Map<number, number>>();
    for (const { file } of [...this.#used, this.#mapping])
      for (const { path } of file.ignore ?? []) {
        const [, segment = '', field = '0', component] = /^(\w{3})(?:-(\d+)(?:\.(\d+))?)?$/.exec(path) ?? [];
        const fields = ignored.get(segment) ?? new Map<number, number>();
        const bits = component === undefined ? -1 : componentBit(Number(component));
        fields.set(Number(field), (fields.get(Number(field)) ?? 0) | bits);
        ignored.set(segment, fields);
      }
    return ignored;
  }

  #guess(name: string, known: ReadonlyMap<string, unknown>): string {
    const guess = nearest(name, [...known.keys()]);
    return guess === undefined ? '' : ` (did you mean "${guess}"?)`;
  }

  #say(place: string, what: string): void {
    this.#problems.push({ mapping: this.#mapping.name, place, what });
  }
}
