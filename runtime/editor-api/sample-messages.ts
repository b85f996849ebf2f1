/**
 * The messages that a preview can be tried on: synthetic ones from the definitions, and those pinned to the feed. Which pinned
 * ones somebody sees, and whether they see values of one, decides the console: it is asked in their name, each time.
 */
import { Hl7Message, WardflowError, type Definition, type DefinitionSet, type Store } from '../../engine/index.ts';
import type { SampleViews } from '../api/contract.ts';
import { feedOf } from './feed-of.ts';
import { askConsole, type ConsoleTrouble } from './ask-console.ts';
import { previewErrors } from './errors.ts';
import type { SampleChoice, SampleList } from './preview-contract.ts';

export interface SampleMessages {
  list(person: Asking, feed: string | null, tab: string | null): Promise<SampleList>;
  /** @throws Refused, or WardflowError `preview-*` */
  message(person: Asking, sample: string, use: string, feed: string | null): Promise<Hl7Message>;
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

const FILE = /^file:([a-z][a-z0-9-]{0,62})\/([a-zA-Z0-9][a-zA-Z0-9._-]{0,99}\.hl7)$/;
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

  const ofFile = (definition: string, name: string, feed: string | null): Hl7Message => {
    const text = definitions().byName(definition)?.files[`samples/${name}`];
    if (text === undefined) throw previewErrors.create('preview-sample-gone');
    return parsed(Buffer.from(text), feedOf(definitions(), feed)?.fallbackCharset ?? null);
  };

  const ofJournal = async (person: Asking, id: string, use: string): Promise<Hl7Message> => {
    const kept = journal();
    const known = await kept?.get(id);
    if (known && known.size > LARGEST_MIB * 1024 * 1024)
      throw previewErrors.create('preview-too-large', { limit: LARGEST_MIB });
    // Before anything of it is read here, and each time: a permission may have been taken away since.
    const asked = await askConsole(governance, person.session, 'POST', `${below}/samples/${id}/look`, { use });
    if (!asked.ok) throw new Refused(asked.status, asked.problem);
    const bytes = await kept?.bytes(id);
    if (!known || !bytes) throw previewErrors.create('preview-sample-gone');
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

/** Its own nodes name the feed's config node, which may be in `_shared`. */
function usesFeed(definition: Definition, all: DefinitionSet, feed: string): boolean {
  return definition.flow.some(({ feed: id }) => {
    const node = typeof id === 'string' ? all.ofNode(id)?.flow.find((one) => one.id === id) : undefined;
    return node?.type === 'wardflow-feed' && node.name === feed;
  });
}

function samplesOf({ name: definition, files }: Definition): readonly SampleChoice[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const name = /^samples\/(.+\.hl7)$/.exec(path)?.[1];
    if (name === undefined) return [];
    const id = `file:${definition}/${name}`;
    return [
      {
        id,
        name: name.replace(/\.hl7$/, ''),
        kind: 'file' as const,
        from: definition,
        type: typeOf(text),
        gone: false,
      },
    ];
  });
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
