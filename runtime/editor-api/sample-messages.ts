/**
 * The messages that a preview can be tried on: synthetic ones from the definitions, and those pinned to the feed. Which pinned
 * ones somebody sees, and whether they see values of one, decides the console: it is asked in their name, each time.
 */
import {
  fhirRoot,
  Hl7Message,
  WardflowError,
  type Definition,
  type DefinitionSet,
  type FhirResource,
  type Store,
} from '../../engine/index.ts';
import type { SampleViews } from '../api/contract.ts';
import { feedsOf } from '../rule-tables/feeds-of.ts';
import { feedOf } from './feed-of.ts';
import { askConsole, type ConsoleTrouble } from './ask-console.ts';
import { previewErrors } from './errors.ts';
import type { SampleChoice, SampleList } from './preview-contract.ts';

export interface SampleMessages {
  list(person: Asking, feed: string | null, tab: string | null): Promise<SampleList>;
  /** @throws Refused, or WardflowError `preview-*` */
  message(person: Asking, sample: string, use: string, feed: string | null): Promise<Hl7Message | JsonSample>;
}

/** A sample that is no HL7 message: a FHIR resource, or an event that came by HTTP. */
export interface JsonSample {
  readonly json: unknown;
}

export interface SampleMessagesOptions {
  readonly environment: string;
  readonly governance: string;
  readonly definitions: () => DefinitionSet;
  readonly journal: () => Pick<Store['journal'], 'get' | 'bytes'> | undefined;
}

/** Somebody, by the session of their browser. */
export interface Asking {
  readonly session: string;
}

/** The console's own words. */
export class Refused extends Error {
  readonly status: number;
  readonly problem: ConsoleTrouble;

  constructor(status: number, problem: ConsoleTrouble) {
    super(problem.title);
    this.status = status;
    this.problem = problem;
  }
}

const FILE = /^file:([a-z][a-z0-9-]{0,62})\/([a-zA-Z0-9][a-zA-Z0-9._-]{0,99}\.(?:hl7|json))$/;
const PINNED = /^pinned:([\w.:-]{1,120})$/;
const LARGEST_MIB = 1;
const MOST_FILES = 200;

export function createSampleMessages(options: SampleMessagesOptions): SampleMessages {
  const { environment, governance, definitions, journal } = options;
  const below = `/runtimes/${environment}`;

  const files = (feed: string | null, tab: string | null): readonly SampleChoice[] => {
    const all = definitions();
    const own = tab === null ? undefined : all.ofNode(tab);
    const using = all.all.filter((one) => one !== own && (feed === null ? !own : usesFeed(one, all, feed)));
    return [...(own ? [own] : []), ...using].flatMap(samplesOf).slice(0, MOST_FILES);
  };

  const ofFile = (definition: string, name: string, feed: string | null): Hl7Message | JsonSample => {
    const text = definitions().byName(definition)?.files[`samples/${name}`];
    if (text === undefined) throw previewErrors.create('preview-sample-gone');
    if (name.endsWith('.json')) {
      const resource = resourceIn(text);
      if (!resource) throw previewErrors.create('preview-sample-gone');
      return { json: resource };
    }
    return parsed(Buffer.from(text), feedOf(definitions(), feed)?.fallbackCharset ?? null);
  };

  const ofJournal = async (person: Asking, id: string, use: string): Promise<Hl7Message | JsonSample> => {
    const kept = journal();
    const known = await kept?.get(id);
    if (known && known.size > LARGEST_MIB * 1024 * 1024)
      throw previewErrors.create('preview-too-large', { limit: LARGEST_MIB });
    // Before anything of it is read here, and each time: a permission may have been taken away since.
    const asked = await askConsole(governance, person.session, 'POST', `${below}/samples/${id}/look`, { use });
    if (!asked.ok) throw new Refused(asked.status, asked.problem);
    const bytes = await kept?.bytes(id);
    if (!known || !bytes) throw previewErrors.create('preview-sample-gone');
    if (known.format !== 'hl7v2') return { json: jsonIn(bytes) };
    return parsed(bytes, feedOf(definitions(), known.feed)?.fallbackCharset ?? null);
  };

  return {
    async list({ session }, feed, tab) {
      const samples = files(feed, tab);
      if (feed === null) return { samples, withheld: null };
      const asked = await askConsole(governance, session, 'GET', `${below}/samples?feed=${feed}`);
      if (!asked.ok) return { samples, withheld: { title: asked.problem.title, remedy: asked.problem.remedy } };
      const pinned = (asked.body as SampleViews).samples.map(({ message, name, by, type, gone }): SampleChoice => ({
        id: `pinned:${message}`,
        name,
        kind: 'pinned',
        from: by.replace(/^user:/, ''),
        type: type ?? '',
        gone,
      }));
      return { samples: [...samples, ...pinned], withheld: null };
    },
    async message(person, sample, use, feed) {
      const file = FILE.exec(sample);
      if (file) return ofFile(file[1] ?? '', file[2] ?? '', feed);
      const pinned = PINNED.exec(sample);
      if (pinned) return ofJournal(person, pinned[1] ?? '', use);
      throw previewErrors.create('preview-sample-gone');
    },
  };
}

const usesFeed = (definition: Definition, all: DefinitionSet, feed: string): boolean =>
  feedsOf(definition, all).includes(feed);

function samplesOf({ name: definition, files }: Definition): readonly SampleChoice[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const name = /^samples\/(.+\.(?:hl7|json))$/.exec(path)?.[1];
    if (name === undefined) return [];
    const resource = name.endsWith('.json') ? resourceIn(text) : undefined;
    // Other JSON is no message: samples of events, for one.
    if (name.endsWith('.json') && !resource) return [];
    const id = `file:${definition}/${name}`;
    return [
      {
        id,
        name: name.replace(/\.(?:hl7|json)$/, ''),
        kind: 'file' as const,
        from: definition,
        type: resource?.resourceType.slice(0, 64) ?? typeOf(text),
        gone: false,
      },
    ];
  });
}

function resourceIn(text: string): FhirResource | undefined {
  if (text.length > LARGEST_MIB * 1024 * 1024) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? fhirRoot({ payload: json }) : undefined;
  } catch {
    return undefined;
  }
}

/** As it was kept; of a noted change of a FHIR server what was sent with it (engine/fhir/subscriptions/kept-notification.ts). */
function jsonIn(bytes: Uint8Array): unknown {
  if (bytes.byteLength > LARGEST_MIB * 1024 * 1024)
    throw previewErrors.create('preview-too-large', { limit: LARGEST_MIB });
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw previewErrors.create('preview-sample-unreadable', { code: 'json' });
  }
  const { wardflow, resource } = (json ?? {}) as { readonly wardflow?: unknown; readonly resource?: unknown };
  if (wardflow !== 'change' && wardflow !== 'hint') return json;
  if (fhirRoot({ payload: resource }) === undefined) throw previewErrors.create('preview-nothing-sent');
  return resource;
}

function typeOf(text: string): string {
  try {
    return Hl7Message.parse(text.slice(0, 2_000)).type.slice(0, 40);
  } catch {
    return '';
  }
}

function parsed(bytes: Uint8Array, fallbackCharset: string | null): Hl7Message {
  if (bytes.byteLength > LARGEST_MIB * 1024 * 1024)
    throw previewErrors.create('preview-too-large', { limit: LARGEST_MIB });
  try {
    return Hl7Message.parse(bytes, fallbackCharset === null || fallbackCharset === '' ? {} : { fallbackCharset });
  } catch (error) {
    const code = error instanceof WardflowError ? error.code : 'unknown';
    throw previewErrors.create('preview-sample-unreadable', { code });
  }
}
