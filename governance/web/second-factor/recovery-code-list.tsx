import { Button, Checkbox, CopyButton } from '@mantine/core';
import { useState } from 'react';
import { download } from '../signing/download.ts';
import classes from './second-factor.module.css';

/** Shown once: nobody can look them up again. */
export function RecoveryCodeList({
  codes,
  username,
  onDone,
}: {
  readonly codes: readonly string[];
  readonly username: string;
  readonly onDone: () => void;
}) {
  const [kept, setKept] = useState(false);
  const text = `Recovery codes of ${username} for Wardflow. Each opens one login.\n\n${codes.join('\n')}\n`;
  return (
    <div className={classes['step']} role="status">
      <div>
        <h3>Keep these recovery codes</h3>
        <p className="dim">
          For the day on which your telephone is gone: each opens one login instead of a code. They are shown only now.
          Keep them where your password is not.
        </p>
      </div>
      <ul className={classes['codes']} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={classes['row']}>
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={() => download('wardflow-recovery-codes.txt', text)}>
          Save as a file
        </Button>
        <Button variant="default" onClick={() => window.print()}>
          Print
        </Button>
      </div>
      <Checkbox label="I have kept them" checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
      <Button disabled={!kept} onClick={onDone}>
        Done
      </Button>
    </div>
  );
}
