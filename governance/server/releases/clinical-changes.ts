/** What went into force, for those who work with it: no hashes, no patients, the words of the diff. */
import { namesAlong } from '../../../engine/index.ts';
import type { ChangeList, ClinicalChange } from '../../api/release-contract.ts';
import { readBundle, verifyBundle, type Bundle } from '../../bundle/index.ts';
import { describeChange, diffDefinitions, isEmpty, readContent } from '../../diff/index.ts';
import { inForce, readBundleFile, releaseFolderOf, type Release } from '../../release/index.ts';
import type { ReleasedProposals } from '../follow-up.ts';
import type { Environments } from './environments.ts';

export interface ChangeParts {
  readonly dataFolder: string;
  readonly environments: Environments;
  readonly now: () => number;
  readonly proposals?: ReleasedProposals;
}

const SHARED = '_shared';
const MOST_CHANGES = 100;
const MOST_LINES = 40;

type DefinitionLines = ClinicalChange['definitions'];

export function createClinicalChanges({ dataFolder, environments, now, proposals }: ChangeParts): {
  list(): Promise<ChangeList>;
} {
  /** Between two bundles, which never change. */
  const known = new Map<string, DefinitionLines>();
  const bundles = new Map<string, Promise<Bundle | null>>();

  function bundleOf(environment: string, hash: string | null): Promise<Bundle | null> {
    if (hash === null) return Promise.resolve(null);
    const key = `${environment} ${hash}`;
    let found = bundles.get(key);
    if (!found) {
      // A list asks for neighbours: a few are enough.
      if (bundles.size > 8) bundles.delete(bundles.keys().next().value ?? '');
      bundles.set(key, (found = read(environment, hash)));
    }
    return found;
  }

  async function read(environment: string, hash: string): Promise<Bundle | null> {
    const file = await readBundleFile(releaseFolderOf(dataFolder, environment), hash);
    const bundle = file && (await readBundle(file).catch(() => null));
    return bundle?.hash === hash ? bundle : null;
  }

  async function linesOf(environment: string, before: string | null, after: string | null): Promise<DefinitionLines> {
    const key = `${environment} ${before} ${after}`;
    const found = known.get(key);
    if (found) return found;
    const [old, next] = [await bundleOf(environment, before), await bundleOf(environment, after)];
    const lines = linesBetween(old, next);
    if ((before === null) === (old === null) && (after === null) === (next === null)) known.set(key, lines);
    return lines;
  }

  async function changeOf(environment: string, release: Release, previous: string | null): Promise<ClinicalChange> {
    const definitions = await linesOf(environment, previous, release.bundle);
    const titles = listed(definitions.map(({ title }) => title));
    const kind = release.kind === 'order' && release.ranBefore ? 'rollback' : release.kind;
    const proposal = kind === 'order' ? await proposals?.ofBundle(environment, release.bundle) : undefined;
    const derived = {
      order: `Changed: ${titles}`,
      rollback: `Taken back: ${titles}`,
      'break-glass': `Changed in an emergency: ${titles}`,
    };
    return {
      environment,
      sequence: release.sequence,
      at: release.acceptedAt,
      kind,
      title: proposal?.title ?? derived[kind],
      summary:
        release.kind === 'break-glass' ? release.reason : kind === 'order' ? await wordsOf(environment, release) : '',
      definitions,
    };
  }

  async function wordsOf(environment: string, release: Release): Promise<string> {
    const trustStore = await environments.trust(environment);
    const bundle = await bundleOf(environment, release.bundle);
    if (!trustStore || !bundle) return '';
    // Whether it may run was judged; here only whose words they are.
    const result = await verifyBundle(bundle, {
      trustStore,
      environment,
      now: release.acceptedAt,
      approvals: 'waived',
    });
    return result.ok ? result.author.statement.summary : '';
  }

  async function changesOf(environment: string): Promise<readonly ClinicalChange[]> {
    const log = await environments.releases(environment);
    const changes: ClinicalChange[] = [];
    const from = Math.max(0, log.length - MOST_CHANGES);
    for (const [i, release] of log.entries()) {
      if (i < from) continue;
      const { bundle: previous } = inForce(log.slice(0, i), release.acceptedAt);
      changes.push(await changeOf(environment, release, previous));
      const next = log[i + 1];
      if (release.kind !== 'break-glass' || release.until > now() || (next && next.acceptedAt < release.until))
        continue;
      const { bundle: back } = inForce(log.slice(0, i + 1), release.until);
      const definitions = await linesOf(environment, release.bundle, back);
      changes.push({
        environment,
        sequence: release.sequence,
        at: release.until,
        kind: 'return',
        title: `Back by itself after the emergency: ${listed(definitions.map(({ title }) => title))}`,
        summary: '',
        definitions,
      });
    }
    return changes;
  }

  return {
    async list() {
      const all: ClinicalChange[] = [];
      for (const name of await environments.names()) all.push(...(await changesOf(name)));
      // Of the same moment the later release first.
      return {
        changes: all
          .toReversed()
          .toSorted((a, b) => b.at - a.at)
          .slice(0, MOST_CHANGES),
      };
    },
  };
}

/** `null`: nothing runs there. */
function linesBetween(before: Bundle | null, after: Bundle | null): DefinitionLines {
  const names = [...new Set([before, after].flatMap((bundle) => bundle?.definitions.map(({ name }) => name) ?? []))];
  return names.toSorted().flatMap((name) => {
    const [old, now] = [find(before, name), find(after, name)];
    const title = now?.intent.title ?? old?.intent.title ?? name;
    if (!old) return name === SHARED ? [] : [{ name, title, lines: [`Is new. ${now?.intent.purpose ?? ''}`.trim()] }];
    if (!now) return name === SHARED ? [] : [{ name, title, lines: ['No longer runs.'] }];
    const contents = { before: contentOf(before, name), after: contentOf(after, name) };
    const diff = diffDefinitions(contents.before, contents.after);
    if (isEmpty(diff)) return [];
    const others = [contentOf(before, SHARED), contentOf(after, SHARED)];
    const lines = describeChange(diff, { ...contents, others, pathNames: namesAlong }).filter(
      ({ kind }) => kind !== 'layout',
    );
    if (lines.length === 0) return [];
    const shown = lines.slice(0, MOST_LINES).map(({ text }) => text.replaceAll(' -> ', ' → '));
    const more = lines.length - shown.length;
    return [{ name, title, lines: more > 0 ? [...shown, `And ${more} more.`] : shown }];
  });
}

const find = (bundle: Bundle | null, name: string): Bundle['definitions'][number] | undefined =>
  bundle?.definitions.find((one) => one.name === name);

/** Its own files; those of `_shared` are compared once, as `_shared`. */
function contentOf(bundle: Bundle | null, name: string): ReturnType<typeof readContent> {
  const { files = {} } = find(bundle, name) ?? {};
  return readContent(Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith(`${SHARED}/`))));
}

const listed = (words: readonly string[]): string =>
  words.length === 0 ? 'nothing that can be seen' : words.join(', ');
