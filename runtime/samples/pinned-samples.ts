/**
 * Messages of this environment's journal that were pinned to their feed as samples: `samples.json` in the environment's folder.
 * References only: a sample ends with its message's body, and pinning keeps nothing longer.
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describeProblems, replaceFile, schemaCheck } from '../../engine/index.ts';
import { sampleErrors } from './errors.ts';

export interface PinnedSample {
  /** Id of the message. */
  readonly message: string;
  readonly feed: string;
  /** What people call it: letters, digits, blanks and hyphens, so that it is no place for identifiers with signs in them. */
  readonly name: string;
  /** `user:ana`. */
  readonly by: string;
  readonly at: number;
}

export interface PinnedSamples {
  /** Oldest first. @throws WardflowError `samples-unreadable` */
  list(): Promise<readonly PinnedSample[]>;
  /** A message that is pinned already gets the new name. @throws WardflowError `samples-full`, `samples-unreadable` */
  pin(sample: PinnedSample): Promise<void>;
  /** @returns what was pinned; `undefined`: it was not */
  unpin(message: string): Promise<PinnedSample | undefined>;
}

export const SAMPLE_NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} -]{0,58}[\p{L}\p{N}])?$/u;
const MOST = { ofAll: 200, ofFeed: 20 } as const;

interface File {
  readonly kind: 'pinned-samples';
  readonly format: 1;
  readonly samples: readonly PinnedSample[];
}

const check = schemaCheck<File>({
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'samples'],
  properties: {
    kind: { const: 'pinned-samples' },
    format: { const: 1 },
    samples: {
      type: 'array',
      maxItems: MOST.ofAll,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['message', 'feed', 'name', 'by', 'at'],
        properties: {
          message: { type: 'string', pattern: '^[\\w.:-]{1,128}$', description: 'the id of a message' },
          feed: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$', description: 'the name of a feed' },
          name: { type: 'string', pattern: SAMPLE_NAME.source, description: 'a name of letters, digits and blanks' },
          by: { type: 'string', minLength: 1, maxLength: 200 },
          at: { type: 'integer', minimum: 0 },
        },
      },
    },
  },
});

export const samplesPath = (folder: string): string => join(folder, 'samples.json');

export function createPinnedSamples(folder: string): PinnedSamples {
  const file = samplesPath(folder);
  /** One change after the other: each is made from what the one before has left. */
  let last: Promise<unknown> = Promise.resolve();

  const list = async (): Promise<readonly PinnedSample[]> => {
    const text = await read(file);
    return text === null ? [] : samplesIn(file, text);
  };
  const change = <T>(make: (now: readonly PinnedSample[]) => { next: readonly PinnedSample[]; answer: T }): Promise<T> => {
    const mine = last.then(async () => {
      const now = await list();
      const { next, answer } = make(now);
      const content: File = { kind: 'pinned-samples', format: 1, samples: next };
      if (next !== now) await replaceFile(file, `${JSON.stringify(content, null, 2)}\n`, 0o600);
      return answer;
    });
    last = mine.catch(() => undefined);
    return mine;
  };

  return {
    list,
    pin: (sample) =>
      change((now) => {
        const others = now.filter(({ message }) => message !== sample.message);
        const ofFeed = others.filter(({ feed }) => feed === sample.feed).length;
        if (ofFeed >= MOST.ofFeed)
          throw sampleErrors.create('samples-full', { what: `The feed ${sample.feed}`, limit: MOST.ofFeed });
        if (others.length >= MOST.ofAll)
          throw sampleErrors.create('samples-full', { what: 'This environment', limit: MOST.ofAll });
        return { next: [...others, sample], answer: undefined };
      }),
    unpin: (message) =>
      change((now) => {
        const found = now.find((one) => one.message === message);
        return { next: found ? now.filter((one) => one !== found) : now, answer: found };
      }),
  };
}

async function read(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    if (code === 'ENOENT') return null;
    throw sampleErrors.create('samples-unreadable', { file: basename(file), reason: code }, { cause: error });
  }
}

function samplesIn(file: string, text: string): readonly PinnedSample[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw sampleErrors.create('samples-unreadable', { file: basename(file), reason: 'it is not JSON' }, { cause: error });
  }
  const problems = check.problems(value);
  if (check.accepts(value)) return value.samples;
  throw sampleErrors.create('samples-unreadable', { file: basename(file), reason: describeProblems(problems) });
}
