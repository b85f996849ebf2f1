/** A proposal's change in words, and whom it touches besides. */
import { namesAlong, type Definition } from '../../../engine/index.ts';
import {
  affectedBy,
  byWeight,
  describeChange,
  diffDefinitions,
  readContent,
  type DefinitionContent,
} from '../../diff/index.ts';
import type { DefinitionWords, RevisionRow } from '../store/proposals.ts';
import { ownFilesOf, type OwnFiles } from './definition-folder.ts';

const SHARED = '_shared';
const NOTHING: DefinitionContent = new Map();

export type Description = Pick<RevisionRow, 'words' | 'affected' | 'headline' | 'changed'>;

/** @param changed names; of those that are not in one of the two, it is added or removed */
export function describeProposal(
  before: readonly Definition[],
  after: readonly Definition[],
  changed: readonly string[],
): Description {
  const [old, now] = [ownFilesOf(before), ownFilesOf(after)];
  const find = (name: string): Definition | undefined =>
    after.find((one) => one.name === name) ?? before.find((one) => one.name === name);
  const others = [contentOf(old, SHARED), contentOf(now, SHARED)];
  const words: readonly DefinitionWords[] = changed
    .map((name) => {
      const contents = { before: contentOf(old, name), after: contentOf(now, name) };
      const lines = describeChange(diffDefinitions(contents.before, contents.after), {
        ...contents,
        others,
        pathNames: namesAlong,
      });
      return { definition: name, title: find(name)?.intent.title ?? name, lines };
    })
    .toSorted(byGravity);
  return {
    words,
    headline: headlineOf(words, old, now),
    affected: changed.includes(SHARED) ? affected(old, now) : [],
    changed: changed.map((name) => {
      const serviceLine = find(name)?.intent['serviceLine'];
      return { name, ...(typeof serviceLine === 'string' ? { serviceLine } : {}) };
    }),
  };
}

const contentOf = (files: OwnFiles, name: string): DefinitionContent => {
  const own = files.get(name);
  return own ? readContent(own) : NOTHING;
};

function byGravity(a: DefinitionWords, b: DefinitionWords): number {
  const [first, second] = [a.lines[0], b.lines[0]];
  if (!first || !second) return Number(first === undefined) - Number(second === undefined);
  return byWeight(first, second);
}

const LONGEST = 300;

function headlineOf(words: readonly DefinitionWords[], old: OwnFiles, now: OwnFiles): string {
  const [first] = words;
  if (!first) return '';
  const more = words.length > 1 ? `, and ${words.length - 1} more` : '';
  const { definition, title, lines } = first;
  const line = !old.has(definition)
    ? `${title} is new${more}`
    : !now.has(definition)
      ? `${title} is removed${more}`
      : `${title}: ${lines[0]?.text ?? 'the same in other words'}`;
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

function affected(old: OwnFiles, now: OwnFiles): Description['affected'] {
  const shared = { before: contentOf(old, SHARED), after: contentOf(now, SHARED) };
  const names = [...now.keys()].filter((name) => name !== SHARED);
  const parts = affectedBy(
    diffDefinitions(shared.before, shared.after),
    shared,
    new Map(names.map((name) => [name, contentOf(now, name)])),
  );
  return names.flatMap((definition) => {
    const touching = parts.filter((part) => part.definitions.some(({ name }) => name === definition));
    return touching.length === 0 ? [] : [{ definition, parts: touching.map(({ name }) => name) }];
  });
}
