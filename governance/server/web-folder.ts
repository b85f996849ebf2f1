import { join } from 'node:path';

/** Where `npm run build` puts the web app. */
export function webFolder(): string {
  return join(import.meta.dirname, '../../dist/web');
}
