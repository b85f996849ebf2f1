import { Button, Drawer } from '@mantine/core';
import type { OwnKey } from '../../api/release-contract.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSay } from '../shell/announcer.tsx';
import { download } from './download.ts';
import { useForgetKey } from './queries.ts';
import classes from './signing.module.css';

export function ForgetSheet({
  own: { file, trusted },
  onClose,
}: {
  readonly own: OwnKey;
  readonly onClose: () => void;
}) {
  const forget = useForgetKey();
  const say = useSay();
  const where = Object.keys(trusted).filter((name) => trusted[name] === 'yes');
  return (
    <Drawer opened onClose={onClose} position="right" size={440} title={`Forget key ${file.id.slice(0, 12)}`}>
      <div className={classes['sheet']}>
        <p>
          The console gives up its copy. Without a copy of the key file you cannot sign with it again; what it has
          signed stays signed.
        </p>
        {where.length > 0 && (
          <p>
            <strong>It stays trusted in {where.join(' and ')}.</strong> If somebody else may have it, have it revoked in
            the trust store: forgetting it here does not stop them.
          </p>
        )}
        {forget.isError && <ProblemNotice error={forget.error} />}
        <div className={classes['actions']}>
          <Button variant="default" size="sm" onClick={() => download(`${file.person}.key.json`, file)}>
            Download it first
          </Button>
          <Button
            size="sm"
            color="red.8"
            loading={forget.isPending}
            onClick={() =>
              forget.mutate(file.id, {
                onSuccess: () => {
                  say('The key was forgotten here.');
                  onClose();
                },
              })
            }
          >
            Forget it
          </Button>
        </div>
      </div>
    </Drawer>
  );
}
