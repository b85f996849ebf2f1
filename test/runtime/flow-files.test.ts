import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { definitionSet, readDefinitions, silentLog, type DefinitionSet } from '../../engine/index.ts';
import { oneAtATime, type Alone } from '../../runtime/storage/alone.ts';
import { createStorageModule, type DeployUser } from '../../runtime/storage/storage-module.ts';

interface StorageModule {
  init(): Promise<void>;
  getFlows(): Promise<object[]>;
  saveFlows(flows: object[], user?: DeployUser): Promise<void>;
  getCredentials(): Promise<unknown>;
  saveCredentials(credentials: unknown): Promise<void>;
  getSettings(): Promise<unknown>;
  saveSettings(settings: unknown): Promise<void>;
  getLibraryEntry(type: string, path: string): Promise<unknown>;
  saveLibraryEntry(type: string, path: string, meta: object, body: string): Promise<void>;
}

const INTENT = {
  kind: 'intent',
  format: 1,
  title: 'T',
  purpose: 'P',
  owner: { name: 'n', role: 'r', contact: 'c' },
  risk: 'low',
  feeds: [],
  endpoints: [],
  dataUsed: [],
  runbook: 'Runbook',
  reviewBy: '2099-01-01',
};
const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const node = (id: string, z: string | undefined, more: object = {}): object => ({
  id,
  type: 'function',
  ...(z ? { z } : {}),
  ...more,
});
const ALPHA = [{ id: 'ta', type: 'tab', label: 'Alpha' }, node('a2', 'ta', { zebra: 1, apple: 2 }), node('a1', 'ta')];
const BETA = [{ id: 'tb', type: 'tab', label: 'Beta' }, node('b1', 'tb')];
const COMMON = [
  { id: 's1', type: 'subflow', name: 'S' },
  node('s2', 's1'),
  { id: 'c1', type: 'wardflow-feed', name: 'f' },
];

describe('flows as files', () => {
  let folder = '';
  let saved: { readonly set: DefinitionSet; readonly user: DeployUser | undefined }[] = [];
  const path = (...parts: string[]): string => join(folder, 'flows', ...parts);
  const put = async (name: string, content: string): Promise<void> => {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), content);
  };
  const open = async (alone?: Alone): Promise<StorageModule> => {
    const inForce = (await readDefinitions(path())).definitions;
    const storage = createStorageModule({
      flowsFolder: path(),
      userFolder: join(folder, 'user'),
      log: silentLog,
      prepare: async () => undefined,
      ...(alone && { alone }),
      definitions: () => definitionSet(saved.at(-1)?.set.all ?? inForce),
      saved: async (set, user) => void saved.push({ set, user }),
      onUnreadable: (error) => {
        throw error;
      },
    }) as StorageModule;
    await storage.init();
    return storage;
  };
  const everything = async (): Promise<Record<string, string>> => {
    const files = (await readdir(path(), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const read = files.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(path().length + 1), await readFile(file, 'utf8')] as const;
    });
    return Object.fromEntries((await Promise.all(read)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-flows-'));
    saved = [];
    for (const [name, flow] of Object.entries({ alpha: ALPHA, beta: BETA, _shared: COMMON })) {
      await put(`${name}/flow.json`, text(flow));
      await put(`${name}/intent.json`, text(INTENT));
      await put(`${name}/README.md`, '# T\n\n## Runbook\n');
    }
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are one array for Node-RED, and the same bytes again when nothing changed', async () => {
    const storage = await open();
    const flows = await storage.getFlows();
    assert.deepEqual(flows, [...COMMON, ...ALPHA, ...BETA]);
    const before = await everything();
    await storage.saveFlows(flows);
    assert.deepEqual(await everything(), before);
  });

  it('keep the revision over a restart, in whatever order the editor sends the nodes', async () => {
    const storage = await open();
    const flows = await storage.getFlows();
    const sent = [...flows].toReversed();
    await storage.saveFlows(sent);
    const revision = (nodes: object[]): string => createHash('sha256').update(JSON.stringify(nodes)).digest('hex');
    assert.equal(revision(await (await open()).getFlows()), revision(sent));
  });

  it('keep the tabs in the order in which people have put them, over a restart, and change no file for it', async () => {
    const storage = await open();
    const flows = await storage.getFlows();
    const before = await everything();
    const tabs = (nodes: readonly object[]): unknown[] =>
      nodes.filter((one) => 'type' in one && one.type === 'tab').map((one) => ('id' in one ? one.id : ''));
    assert.deepEqual(tabs(flows), ['ta', 'tb']);
    const moved = [...COMMON, ...BETA, ...ALPHA];
    await storage.saveFlows(moved);
    assert.deepEqual([tabs(moved), await everything()], [['tb', 'ta'], before]);
    const again = await open();
    assert.deepEqual(tabs(await again.getFlows()), ['tb', 'ta']);
    await again.saveFlows([...structuredClone(moved), { id: 'tc', type: 'tab', label: 'Aardvark' }]);
    assert.deepEqual(tabs(await (await open()).getFlows()), ['tb', 'ta', 'tc'], 'a new one comes last');
    await writeFile(join(folder, 'user/tab-order.json'), '{ not JSON');
    assert.deepEqual(tabs(await (await open()).getFlows()), ['tc', 'ta', 'tb'], 'by their names');
  });

  it('are read again when whoever writes the folder has finished, so that what is older never comes into force', async () => {
    const alone = oneAtATime();
    const storage = await open(alone);
    await storage.getFlows();
    let finish = (): void => undefined;
    const writing = alone(() => new Promise<void>((resolve) => (finish = resolve)));
    const again = storage.getFlows();
    // Another one reads the same files meanwhile, more than once over.
    for (let i = 0; i < 3; i++) await (await open()).getFlows();
    await put('alpha/README.md', '# Newer\n\n## Runbook\n');
    assert.equal(saved.length, 0);
    finish();
    await Promise.all([writing, again]);
    assert.equal(saved.at(-1)?.set.byName('alpha')?.files['README.md'], '# Newer\n\n## Runbook\n');
  });

  it('take the ids and types that a definition may have, and no others', async () => {
    const storage = await open();
    const flows = await storage.getFlows();
    for (const [id, type, fits] of [
      ['i'.repeat(64), 'function', true],
      ['i'.repeat(65), 'function', false],
      ['a.b-c_d', 'function', true],
      ['a:b', 'function', false],
      ['x', 't'.repeat(100), true],
      ['x', 't'.repeat(101), false],
    ] as const) {
      const one = { id, type, z: 'ta', wires: [] };
      await put('alpha/flow.json', text([...ALPHA, one]));
      const loads = (await readDefinitions(path())).problems.length === 0;
      const reads = await open()
        .then((other) => other.getFlows())
        .then(
          () => true,
          () => false,
        );
      await put('alpha/flow.json', text(ALPHA));
      const saves = await storage.saveFlows([...structuredClone(flows), one]).then(
        () => true,
        () => false,
      );
      await storage.saveFlows(structuredClone(flows));
      assert.deepEqual([loads, reads, saves], [fits, fits, fits], `${id} ${type}`);
    }
  });

  it('change only the file of the definition that changed, keys in their order', async () => {
    const storage = await open();
    const flows = await storage.getFlows();
    const before = await everything();
    await storage.saveFlows(
      flows.map((one) => ('apple' in one ? { ...one, apple: 3 } : one)),
      { username: 'ana' },
    );
    const after = await everything();
    assert.deepEqual(
      Object.keys(after).filter((file) => after[file] !== before[file]),
      ['alpha/flow.json'],
    );
    assert.equal(after['alpha/flow.json'], before['alpha/flow.json']?.replace('"apple": 2', '"apple": 3'));
    assert.equal(saved[0]?.user?.username, 'ana');
    assert.equal(saved[0]?.set.byName('alpha')?.flow.length, 3);
  });

  it('make a definition of a new tab that loads again, and shared parts of what is on no tab', async () => {
    const storage = await open();
    const flows = await storage.getFlows();
    const tabs = [
      { id: 't1', type: 'tab', label: 'Röntgen: next day' },
      { id: 't2', type: 'tab', label: 'Alpha' },
    ];
    await storage.saveFlows([...flows, ...tabs, node('n1', 't1'), { id: 'c2', type: 'wardflow-feed', name: 'g' }]);
    const files = Object.keys(await everything());
    assert.ok(files.includes('rontgen-next-day/flow.json') && files.includes('rontgen-next-day/intent.json'));
    assert.ok(files.includes('alpha-2/flow.json'), 'a label that is taken gets a number');
    const byId = (nodes: readonly object[]): object[] => nodes.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
    assert.deepEqual(byId(await (await open()).getFlows()), byId(saved[0]?.set.all.flatMap((one) => one.flow) ?? []));
    assert.ok((await readFile(path('_shared/flow.json'), 'utf8')).includes('"c2"'));
  });

  it('move a removed definition away with all that belongs to it', async () => {
    const storage = await open();
    const flows = await storage.getFlows();
    await storage.saveFlows(flows.filter((one) => !JSON.stringify(one).includes('"tb"')));
    assert.deepEqual((await readdir(path())).toSorted(), ['_shared', 'alpha']);
    assert.deepEqual((await readdir(join(folder, 'user/removed/beta-1'))).toSorted(), [
      'README.md',
      'flow.json',
      'intent.json',
    ]);
  });

  it('are changed in their own part only by whoever answers for a part', async () => {
    await put('alpha/intent.json', text({ ...INTENT, serviceLine: 'Laboratory' }));
    const storage = await open();
    const flows = await storage.getFlows();
    const before = await everything();
    const edited = (id: string): object[] =>
      flows.map((one) => ('id' in one && one.id === id ? { ...one, n: 1 } : one));
    const lab = { username: 'ana', part: { definitions: [], serviceLines: ['laboratory'] } };
    const refused: readonly (readonly [string, object[]])[] = [
      ['beta', edited('b1')],
      ['_shared', edited('c1')],
      ['_shared', edited('s2')],
      ['beta', flows.filter((one) => !('id' in one && one.id === 'b1'))],
      ['beta', flows.filter((one) => !JSON.stringify(one).includes('"tb"'))],
      ['new-one', [...flows, { id: 'tn', type: 'tab', label: 'New one' }]],
      ['_shared', [...flows, { id: 'c9', type: 'wardflow-feed', name: 'mine' }]],
      ['beta', flows.map((one) => ('id' in one && one.id === 'a1' ? { ...one, z: 'tb' } : one))],
    ];
    for (const [name, wish] of refused)
      await assert.rejects(
        storage.saveFlows(structuredClone(wish), lab),
        (error: Error & { code?: string }) => error.code === 'flow-outside-part' && error.message.includes(name),
        name,
      );
    assert.deepEqual(await everything(), before);
    await storage.saveFlows(edited('a1').toReversed(), lab);
    const after = await everything();
    const changed = Object.keys(after).filter((file) => after[file] !== before[file]);
    assert.deepEqual(changed, ['alpha/flow.json'], 'the others stay as they are, in whatever order they were sent');
    await assert.rejects(storage.saveFlows([...flows], { username: 'x', part: { definitions: [], serviceLines: [] } }));
  });

  it('never hold credentials', async () => {
    const storage = await open();
    const flows = await storage.getFlows();
    await storage.saveFlows(flows.map((one) => ({ ...one, credentials: { password: 'hunter2' } })));
    assert.ok(!JSON.stringify(await everything()).includes('hunter2'));
  });

  it('refuse a deploy that would not load, before anything is written', async () => {
    const storage = await open();
    const flows = await storage.getFlows();
    const before = await everything();
    await storage.saveCredentials({ $: 'of the refused deploy' });
    const wrong = [...flows, { id: 'r', type: 'rule table', z: 'ta', name: 'Which', table: 'missing', wires: [] }];
    await assert.rejects(storage.saveFlows(wrong), (error: Error & { code?: string; status?: number }) => {
      assert.match(error.message, /alpha\/flow\.json.*"Which".*"missing"/);
      return error.code === 'flow-refused' && error.status === 400;
    });
    const deaf = {
      id: 'h',
      type: 'hl7 in',
      z: 'ta',
      name: 'Results',
      subscription: 'results',
      feed: 'gone',
      wires: [],
    };
    await assert.rejects(storage.saveFlows([...flows, deaf]), {
      code: 'flow-refused',
      message: /alpha\/flow\.json the node "Results" has a feed that is not there/,
    });
    for (const bad of [
      [{ id: '../x', type: 'tab' }],
      [{ id: 'a' }],
      [
        { id: 'a', type: 'tab' },
        { id: 'a', type: 'tab' },
      ],
    ])
      await assert.rejects(storage.saveFlows(bad), { code: 'flow-refused' });
    assert.deepEqual(await everything(), before);
    assert.deepEqual(await storage.getCredentials(), {}, 'credentials of a refused deploy are not written');
    assert.deepEqual(
      (await readdir(join(folder, 'user'))).filter((name) => name.startsWith('try-')),
      [],
    );
  });

  it('come into force as they were changed by hand when flows are restarted, rules and texts too', async () => {
    const storage = await open();
    await storage.getFlows();
    assert.equal(saved.length, 0, 'what is read at the start is in force already');
    await put('alpha/README.md', '# Another title\n\n## Runbook\n');
    await storage.getFlows();
    const alpha = saved.at(-1)?.set.byName('alpha');
    assert.match(alpha?.files['README.md'] ?? '', /Another title/);
    await put('alpha/intent.json', '{"kind": "intent"}');
    await storage.getFlows();
    assert.equal(saved.length, 1, 'what is not sound does not come into force');
  });

  it('name the broken file at start, and keep what is in force when a file breaks later', async () => {
    const storage = await open();
    const flows = await storage.getFlows();
    await put('beta/flow.json', '[{"id": "tb", ');
    assert.deepEqual(await storage.getFlows(), flows);
    for (const [content, why] of [
      ['[{"id": "tb", ', /beta.flow\.json.*not JSON/],
      ['{}', /beta.flow\.json.*not a list/],
      ['[]', /beta.flow\.json.*one tab/],
      [text([{ id: 'ta', type: 'tab' }]), /beta.flow\.json.*ta is also in .*alpha/],
    ] as const) {
      await put('beta/flow.json', content);
      await assert.rejects((await open()).getFlows(), why);
    }
  });

  it('keep credentials, settings and the library in the user folder, secrets for this user only', async () => {
    const storage = await open();
    await storage.saveCredentials({ $: 'encrypted' });
    await storage.saveFlows(await storage.getFlows());
    await storage.saveSettings({ users: {} });
    await storage.saveLibraryEntry('functions', 'one/two.js', { name: 'x' }, 'return msg;');
    const again = await open();
    assert.deepEqual(await again.getCredentials(), { $: 'encrypted' });
    assert.deepEqual(await again.getSettings(), { users: {} });
    assert.equal(await again.getLibraryEntry('functions', 'one/two.js'), 'return msg;');
    assert.equal((await stat(join(folder, 'user/credentials.json'))).mode & 0o777, 0o600);
    for (const wrong of ['../escape', 'a/../../b', '.hidden'])
      await assert.rejects(async () => storage.getLibraryEntry('functions', wrong), { code: 'library-path' });
  });
});
