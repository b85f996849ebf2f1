/**
 * Builds what a browser or Node-RED needs in another form than the sources: the palette (`dist/palette`) and, where its
 * sources are there, the console's web app (`dist/web`) and the editor theme's plugin. Only what changed is built again.
 * Run by `npm ci` (prepare) and `npm run build`; `--force` builds whatever is asked for, names of parts limit it.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildFhirNames } from './build-fhir-names.ts';
import { buildPalette } from './build-palette.ts';
import { buildWeb } from './build-web.ts';
import { upToDate, type Part } from './build-stamp.ts';

const root = resolve(import.meta.dirname, '..');

const parts: readonly Part[] = [
  {
    name: 'palette',
    sources: [
      'nodes',
      'editor-theme/plugin',
      'governance/diff',
      'scripts/build.ts',
      'scripts/build-palette.ts',
      'package-lock.json',
    ],
    output: 'dist/palette',
    build: buildPalette,
  },
  {
    name: 'fhir-names',
    sources: ['scripts/build-fhir-names.ts', 'package-lock.json'],
    output: 'dist/fhir-names',
    build: buildFhirNames,
  },
  {
    name: 'web',
    sources: [
      'governance/web',
      'governance/api',
      'governance/diff',
      'governance/bundle',
      'runtime/api',
      'scripts/build-web.ts',
      'package-lock.json',
    ],
    needs: 'governance/web/index.html',
    output: 'dist/web',
    build: buildWeb,
  },
];

async function main(force: boolean, wanted: readonly string[]): Promise<void> {
  if (!existsSync(resolve(root, 'node_modules/vite'))) {
    // An installation without development dependencies: what it runs was built before it was packed.
    process.stdout.write('Not built: vite is not installed (npm ci without --omit=dev brings it).\n');
    return;
  }
  for (const part of parts) {
    if (wanted.length > 0 && !wanted.includes(part.name)) continue;
    if (part.needs !== undefined && !existsSync(resolve(root, part.needs))) continue;
    const stamp = upToDate(root, part);
    if (stamp.fresh && !force) continue;
    const began = performance.now();
    try {
      await part.build(root, resolve(root, part.output));
    } catch (error) {
      process.stderr.write(`${part.output} could not be built.\n${error instanceof Error ? error.message : ''}\n`);
      process.exitCode = 1;
      continue;
    }
    stamp.write();
    process.stdout.write(`Built ${part.output} in ${((performance.now() - began) / 1000).toFixed(1)} s.\n`);
  }
}

const words = process.argv.slice(2);
await main(
  words.includes('--force'),
  words.filter((word) => !word.startsWith('--')),
);
