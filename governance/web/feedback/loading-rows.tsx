import { Skeleton, VisuallyHidden } from '@mantine/core';
import classes from './feedback.module.css';

/** The shape of what is coming. */
export function LoadingRows({ rows, height = 40 }: { readonly rows: number; readonly height?: number }) {
  return (
    <div className={classes['loading']} role="status">
      <VisuallyHidden>Loading</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height - 16} radius={4} />
      ))}
    </div>
  );
}
