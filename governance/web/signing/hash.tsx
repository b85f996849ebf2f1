import classes from './signing.module.css';

/** A SHA-256 by its first twelve digits; whole on paper, in the tooltip and when it is copied. */
export function Hash({ of }: { readonly of: string }) {
  return (
    <code className={classes['hash']} title={of}>
      {of.slice(0, 12)}
      <span className={classes['rest']}>{of.slice(12)}</span>
    </code>
  );
}
