import type { Hl7Message } from '../../hl7/message.ts';
import type { CodeMap } from './code-map.ts';
import { bundleOf } from './bundle.ts';
import { compileMapping, type MappingParts, type MappingProblem } from './compile.ts';
import type { CompiledMapping } from './compiled.ts';
import type { Conversion, ConversionContext } from './conversion.ts';
import { Run } from './run.ts';

export interface Converter {
  /**
   * Pure: the same message, mappings and context give the same conversion.
   * @throws WardflowError `conversion-too-many-segments`, `conversion-too-many-resources`, `conversion-too-many-repetitions`
   */
  convert(message: Hl7Message, context: ConversionContext): Conversion;
  /** Message types that have a mapping, with its name. */
  readonly sources: ReadonlyMap<string, { readonly name: string; readonly version: string }>;
}

/** Any message that has no mapping of its own. */
const ANY = '*';

/** Compiled once, used for every message. A mapping with problems is left out: what it is for is unknown. */
export function createConverter(parts: MappingParts): {
  readonly converter: Converter;
  readonly problems: readonly MappingProblem[];
} {
  const problems: MappingProblem[] = [];
  const bySource = new Map<string, CompiledMapping>();
  // A definition's own come after the shared ones, and take their place.
  for (const mapping of parts.mappings.values()) {
    const found: MappingProblem[] = [];
    const compiled = compileMapping(mapping, parts, found);
    problems.push(...found);
    if (found.length === 0) for (const source of compiled.source) bySource.set(source, compiled);
  }
  return { converter: new MappingConverter(bySource, parts.maps), problems };
}

class MappingConverter implements Converter {
  readonly sources: ReadonlyMap<string, { readonly name: string; readonly version: string }>;
  readonly #bySource: ReadonlyMap<string, CompiledMapping>;
  readonly #maps: ReadonlyMap<string, CodeMap>;

  constructor(bySource: ReadonlyMap<string, CompiledMapping>, maps: ReadonlyMap<string, CodeMap>) {
    this.#bySource = bySource;
    this.#maps = maps;
    this.sources = new Map([...bySource].map(([source, { name, version }]) => [source, { name, version }]));
  }

  convert(message: Hl7Message, context: ConversionContext): Conversion {
    const own = this.#bySource.get(message.type) ?? this.#bySource.get(message.get('MSH-9.1'));
    const mapping = own ?? this.#bySource.get(ANY) ?? NOTHING;
    const run = new Run(message, mapping, this.#maps, context);
    if (!own) run.coverage.say('MSH-9', 'type-unknown');
    const { bundle, lineage } = bundleOf(run.instances, run.coverage);
    const unmapped = run.coverage.finish(message, run.segments.segments, mapping);
    return { bundle, lineage, unmapped, mapping: own ? { name: own.name, version: own.version } : null };
  }
}

const NOTHING: CompiledMapping = {
  name: '',
  version: '',
  source: [],
  resources: [],
  made: new Map(),
  ignored: new Map(),
  segments: new Set(),
};
