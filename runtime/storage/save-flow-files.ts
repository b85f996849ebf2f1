/**
 * Writes what a deploy changed. A new tab becomes a whole definition: with a template of its intent and a README, since a
 * definition without them does not load. A removed tab's folder is moved away, never deleted: its rules were reviewed.
 */
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeConfig } from '../branch-hooks/live-node.ts';
import { runtimeErrors } from '../errors.ts';
import { copyFolder } from './copy-folder.ts';
import { flowFile, SHARED, type FlowFiles } from './flow-files.ts';
import { templateIntent, templateReadme } from './template-intent.ts';
import { jsonText, systemCode, writeWhole } from './write-whole.ts';

export async function saveFlowFiles(root: string, removed: string, before: FlowFiles, next: FlowFiles): Promise<void> {
  for (const [name, nodes] of next) {
    const text = jsonText(nodes);
    const old = before.get(name);
    if (old && jsonText(old) === text) continue;
    if (!old) await addTemplates(join(root, name), titleOf(name, nodes));
    await writeWhole(flowFile(root, name), text);
  }
  for (const name of before.keys()) {
    if (next.has(name)) continue;
    if (name === SHARED) await writeWhole(flowFile(root, name), jsonText([]));
    else await moveAway(join(root, name), removed, name);
  }
}

function titleOf(name: string, nodes: readonly NodeConfig[]): string {
  if (name === SHARED) return 'Shared parts';
  const label = nodes.find((node) => node.type === 'tab')?.['label'];
  return typeof label === 'string' && label !== '' ? label : name;
}

async function addTemplates(folder: string, title: string): Promise<void> {
  if (!(await exists(join(folder, 'intent.json'))))
    await writeWhole(join(folder, 'intent.json'), jsonText(templateIntent(title)));
  if (!(await exists(join(folder, 'README.md')))) await writeWhole(join(folder, 'README.md'), templateReadme(title));
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function moveAway(folder: string, removed: string, name: string): Promise<void> {
  try {
    await mkdir(removed, { recursive: true });
    for (let number = 1; ; number++) {
      const target = join(removed, `${name}-${number}`);
      if (await exists(target)) continue;
      await rename(folder, target).catch(async () => {
        // Another file system.
        await copyFolder(folder, target, true);
        await rm(folder, { recursive: true, force: true });
      });
      return;
    }
  } catch (cause) {
    throw runtimeErrors.create('flow-unwritable', { file: folder, reason: systemCode(cause) }, { cause });
  }
}
