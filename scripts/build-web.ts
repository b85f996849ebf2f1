import { resolve } from 'node:path';
import { build } from 'vite';

/** The console's web app, as its own vite configuration says; only where it goes is decided here. */
export async function buildWeb(root: string, output: string): Promise<void> {
  const folder = resolve(root, 'governance/web');
  await build({
    root: folder,
    configFile: resolve(folder, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: output, emptyOutDir: true, reportCompressedSize: false },
  });
}
