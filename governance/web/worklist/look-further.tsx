import type { WorklistView } from './use-worklist.ts';
import classes from './worklist.module.css';

/** Behind where a search has stopped. */
export function LookFurther({ list }: { readonly list: WorklistView }) {
  return (
    <button type="button" className={classes['link']} disabled={list.loadingMore} onClick={list.loadMore}>
      {list.loadingMore ? 'Looking further…' : 'Look further'}
    </button>
  );
}
