/** The names that forms offer: of the standard (made by scripts/build-fhir-names.ts), with what a server states of itself. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot, type FhirResource } from '../../engine/index.ts';
import type { FhirName, FhirTypeView } from './fhir-contract.ts';

type Row = readonly [name: string, type: string, text: string];
interface TypeNames {
  readonly text: string;
  readonly elements: readonly Row[];
  readonly parameters: readonly Row[];
}
/** By resource type. */
export type StandardNames = Readonly<Record<string, TypeNames>>;

const fileOf = (): string => join(packageRoot(), 'dist/fhir-names/names.json');

let loaded: Promise<StandardNames> | undefined;

/** 1.2 MB, read when a form first asks. Without the file (a checkout that was never built) there are no names. */
export function standardNames(): Promise<StandardNames> {
  loaded ??= readFile(fileOf(), 'utf8').then(
    (text) => JSON.parse(text) as StandardNames,
    () => ({}),
  );
  return loaded;
}

/** What a CapabilityStatement says of its server, as far as forms need it. */
export interface Stated {
  readonly software: string;
  readonly fhirVersion: string;
  readonly types: ReadonlyMap<string, StatedType>;
}
interface StatedType {
  readonly interactions: readonly string[];
  readonly parameters: readonly Row[];
}

const MOST_TYPES = 1_000;
const MOST_PARAMETERS = 500;
const TYPE = /^[A-Z][A-Za-z]{1,63}$/;
const NAME = /^[A-Za-z_][\w:.-]{0,99}$/;
const LONGEST_TEXT = 110;

/** R4 CapabilityStatement; `undefined`: it is none. Whoever sends it may send anything. */
export function statedBy(resource: FhirResource | null): Stated | undefined {
  if (resource?.resourceType !== 'CapabilityStatement') return undefined;
  const { name, version } = record(resource['software']);
  const types = new Map<string, StatedType>();
  for (const rest of list(resource['rest']).slice(0, 20))
    for (const one of list(record(rest)['resource']).slice(0, MOST_TYPES)) {
      const { type, interaction, searchParam } = record(one);
      if (typeof type !== 'string' || !TYPE.test(type) || types.size >= MOST_TYPES) continue;
      types.set(type, {
        interactions: list(interaction)
          .slice(0, 50)
          .map((given) => text(record(given)['code'], 40)),
        parameters: list(searchParam).slice(0, MOST_PARAMETERS).flatMap(parameterOf),
      });
    }
  return {
    software: [text(name, 80), text(version, 40)].filter((part) => part !== '').join(' '),
    fhirVersion: text(resource['fhirVersion'], 20),
    types,
  };
}

function parameterOf(given: unknown): readonly Row[] {
  const { name, type, documentation } = record(given);
  return typeof name === 'string' && NAME.test(name) ? [[name, text(type, 20), text(documentation, LONGEST_TEXT)]] : [];
}

export function typesOf(standard: StandardNames, stated: Stated | undefined): readonly FhirName[] {
  const names = new Set([...Object.keys(standard), ...(stated?.types.keys() ?? [])]);
  return [...names].toSorted().map((name) => ({
    name,
    type: '',
    text: standard[name]?.text ?? '',
    here: stated ? stated.types.has(name) : null,
  }));
}

/** `undefined`: neither the standard nor the server knows the type. */
export function typeView(type: string, standard: StandardNames, stated: Stated | undefined): FhirTypeView | undefined {
  const known = Object.hasOwn(standard, type) ? standard[type] : undefined;
  const own = stated?.types.get(type);
  if (!known && !own) return undefined;
  const ownNames = new Set(own?.parameters.map(([name]) => name));
  const standardParameters = known?.parameters ?? [];
  const more = (own?.parameters ?? []).filter(([name]) => standardParameters.every(([one]) => one !== name));
  return {
    type,
    text: known?.text ?? '',
    here: stated ? own !== undefined : null,
    interactions: own?.interactions ?? null,
    parameters: [...standardParameters, ...more].map(([name, kind, about]) => ({
      name,
      type: kind,
      text: about,
      here: own ? ownNames.has(name) : null,
    })),
    elements: (known?.elements ?? []).map(([name, kind, about]) => ({ name, type: kind, text: about, here: null })),
  };
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown, most: number): string =>
  typeof value === 'string' ? value.replace(/\s+/g, ' ').trim().slice(0, most).toWellFormed() : '';
