/** A runtime's own API over a real engine and real files of definitions, without Node-RED: for what is about rule tables. */
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  createEngine,
  definitionSet,
  loadDefinitions,
  ManualClock,
  silentLog,
  type Engine,
} from '../../engine/index.ts';
import { createRuntimeApi } from '../../runtime/api/index.ts';
import { saveTable } from '../../runtime/rule-tables/save-table.ts';
import { createPinnedSamples } from '../../runtime/samples/pinned-samples.ts';
import { oneAtATime } from '../../runtime/storage/alone.ts';
import { feedSettings } from './intake-bench.ts';
import { newMessage, newWork } from './store-builders.ts';

export interface RuleTableRuntime {
  readonly url: string;
  readonly engine: Engine;
  readonly clock: ManualClock;
  /** Who saved what, oldest first. */
  readonly saved: { readonly table: string; readonly actor: string }[];
  text(definition: string, table: string): Promise<string>;
  /** By hand, past the runtime. */
  write(definition: string, table: string, text: string): Promise<void>;
  /** A message that came to the feed `hospital` and was pinned there. */
  pin(message: {
    readonly id: string;
    readonly name: string;
    readonly definition: string;
    readonly body: string;
    readonly type: string;
  }): Promise<void>;
  stop(): Promise<void>;
}

const FLOWS = resolve(import.meta.dirname, '../../flows');

/** @param options.gated as behind the gate: nothing is written */
export async function startRuleTableRuntime(options: { readonly gated?: boolean } = {}): Promise<RuleTableRuntime> {
  const folder = await mkdtemp(join(tmpdir(), 'wardflow-rule-tables-'));
  const flows = join(folder, 'flows');
  await cp(FLOWS, flows, { recursive: true });
  await mkdir(join(folder, 'user'));
  const clock = new ManualClock(Date.parse('2026-03-10T12:00:00Z'));
  const engine = await createEngine({
    environment: 'staging',
    dataFolder: folder,
    bindings: { feeds: {}, endpoints: {} },
    clock,
    log: silentLog,
  });
  await engine.intake.configure([feedSettings()], []);
  let definitions = definitionSet((await loadDefinitions(flows)).all);
  const alone = oneAtATime();
  const samples = createPinnedSamples(folder);
  const saved: { table: string; actor: string }[] = [];
  const api = createRuntimeApi(() => true, 'staging', silentLog);
  api.open({
    engine,
    version: '0',
    startedAt: 0,
    definitions: () => definitions,
    drain: async () => {},
    samples,
    ruleTables: options.gated
      ? undefined
      : {
          save: (place, text, before, actor) =>
            alone(async () => {
              const next = await saveTable(flows, join(folder, 'user'), place, text, before);
              if (!next) return false;
              definitions = next;
              saved.push({ table: place.table, actor });
              return true;
            }),
        },
  });
  const server = createServer((request, response) => api.handle(request, response, () => response.end()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    engine,
    clock,
    saved,
    text: (definition, table) => readFile(join(flows, definition, 'rules', `${table}.json`), 'utf8'),
    write: (definition, table, text) => writeFile(join(flows, definition, 'rules', `${table}.json`), text),
    async pin({ id, name, definition, body, type }) {
      const message = newMessage({ id, feed: 'hospital', controlId: id, receivedAt: clock.now(), body, type });
      await engine.store.journal.accept(message, [newWork(message, { id: `w-${id}`, definition })], 0);
      await samples.pin({ message: id, feed: 'hospital', name, by: 'user:ana', at: clock.now() });
    },
    async stop() {
      api.close();
      server.closeAllConnections();
      server.close();
      await engine.stop(0);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
