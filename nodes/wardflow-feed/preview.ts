import { tryPath } from '../../engine/index.ts';
import type { PreviewGiven, PreviewResult } from '../../runtime/services.ts';
import { orderingPaths } from './config.ts';

const MOST_PATHS = 20;

/** What a message would be ordered by: the first of the paths that has a value. */
export function previewOfOrder({ config, msg }: PreviewGiven): PreviewResult {
  const paths = orderingPaths(config['orderingPath']).slice(0, MOST_PATHS);
  return {
    // The form says what is no path.
    rows: paths
      .filter((path) => tryPath(path))
      .map((path) => ({ field: 'orderingPath', path, value: msg.payload.get(path) })),
  };
}
