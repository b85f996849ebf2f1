import { Button, CopyButton } from '@mantine/core';
import classes from './administration.module.css';

/** A secret that nobody can look up again. */
export function SecretOnce({
  label,
  secret,
  children,
  onClose,
}: {
  readonly label: string;
  readonly secret: string;
  readonly children: string;
  readonly onClose: () => void;
}) {
  return (
    <div className={classes['sheet']} role="status">
      <div>
        <h2>{label}</h2>
        <p className="dim">{children}</p>
      </div>
      <code className={classes['secret']}>{secret}</code>
      <div className={classes['actions']}>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" size="sm" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button size="sm" onClick={onClose}>
          I have noted it
        </Button>
      </div>
    </div>
  );
}
