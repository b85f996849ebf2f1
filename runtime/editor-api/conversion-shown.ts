/** A conversion for a form: the message and its resources side by side, value by value, cut to what somebody looks at. */
import type { Conversion, FhirResource, Hl7Message, LineageEntry } from '../../engine/index.ts';
import type { ConversionShown, ShownField, ShownTarget } from './preview-contract.ts';

const MOST = { segments: 80, fields: 80, values: 600, unmapped: 200 };
const LONGEST = 160;

export function conversionShown(
  message: Hl7Message,
  { bundle, lineage, unmapped, mapping }: Conversion,
  nameOf: (path: string) => string,
): ConversionShown {
  const told = new Set(lineage.flatMap(({ source }) => (source === null ? [] : [fieldOf(source)])));
  const all = [...message.segments()];
  const labels = labelsOf(all.map(({ name }) => name));
  const segments = all.slice(0, MOST.segments).map(({ at }, i) => {
    const label = labels[i] ?? '';
    return { label, fields: fieldsOf(message, at, label, told, nameOf) };
  });
  const resources = resourcesOf(bundle, lineage.slice(0, MOST.values));
  return {
    mapping: mapping?.name ?? null,
    segments,
    resources,
    unmapped: unmapped.slice(0, MOST.unmapped).map(({ source, reason }) => ({
      source,
      reason,
      name: source.includes('-') ? nameOf(plain(source)) : '',
    })),
    more: {
      segments: Math.max(0, all.length - MOST.segments),
      values: Math.max(0, lineage.length - MOST.values),
      unmapped: Math.max(0, unmapped.length - MOST.unmapped),
    },
  };
}

/** `OBX[2]-5[1].1` as `OBX[2]-5`. */
const fieldOf = (source: string): string => /^\w{3}(?:\[\d+\])?-\d+/.exec(source)?.[0] ?? source;
/** Without the numbers of segments and repetitions, as the dictionary knows it. */
const plain = (source: string): string => source.replace(/\[\d+\]/g, '');

function labelsOf(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return number === 1 ? name : `${name}[${number}]`;
  });
}

function fieldsOf(
  { source }: Hl7Message,
  at: number,
  label: string,
  told: ReadonlySet<string>,
  nameOf: (path: string) => string,
): readonly ShownField[] {
  const fields: ShownField[] = [];
  let number = 0;
  for (const span of source.fields(at)) {
    number++;
    if (span.from === span.to || source.isOpaque(at, number)) continue;
    if (fields.length >= MOST.fields) break;
    const path = `${label}-${number}`;
    const text = cut(source.text.slice(span.from, Math.min(span.to, span.from + LONGEST + 1)));
    fields.push({ path, name: nameOf(plain(path)), text, told: told.has(path) });
  }
  return fields;
}

function resourcesOf(bundle: FhirResource, lineage: readonly LineageEntry[]): ConversionShown['resources'] {
  const byPlace = placesOf(bundle);
  const byUrl = new Map([...byPlace].map(([place, { url }]) => [url, place]));
  const values = new Map<string, ShownTarget[]>();
  for (const { target, source, map } of lineage) {
    const [, place = '', element = ''] = /^(\w+\[\d+\])\.(.+)$/.exec(target) ?? [];
    const list = values.get(place) ?? [];
    values.set(place, list);
    const value = valueAt(byPlace.get(place), element);
    list.push({
      element,
      // A reference within the bundle says nothing by its UUID.
      text: cut(typeof value === 'string' ? (byUrl.get(value) ?? value) : JSON.stringify(value ?? '')),
      source,
      field: source === null ? null : fieldOf(source),
      map: map?.name ?? null,
    });
  }
  return [...values].map(([place, list]) => ({ place, values: list }));
}

/** As lineage numbers them. */
function placesOf(bundle: FhirResource): ReadonlyMap<string, { readonly url: string; readonly resource: object }> {
  const counts = new Map<string, number>();
  const places = new Map<string, { readonly url: string; readonly resource: object }>();
  for (const { fullUrl, resource } of bundle['entry'] as readonly { fullUrl: string; resource: FhirResource }[]) {
    const number = counts.get(resource.resourceType) ?? 0;
    counts.set(resource.resourceType, number + 1);
    places.set(`${resource.resourceType}[${number}]`, { url: fullUrl, resource });
  }
  return places;
}

function valueAt(place: { readonly resource: object } | undefined, element: string): unknown {
  let here: unknown = place?.resource;
  for (const step of element.split(/[.[\]]+/).filter((part) => part !== ''))
    here =
      typeof here === 'object' && here !== null && Object.hasOwn(here, step)
        ? (here as Readonly<Record<string, unknown>>)[step]
        : undefined;
  return here;
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text);
