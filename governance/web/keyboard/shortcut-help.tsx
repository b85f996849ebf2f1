import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import { activeGroups } from './shortcuts.ts';
import classes from './shortcut-help.module.css';

export function ShortcutHelp({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" size="md">
      {activeGroups().map((group) => (
        <section key={group.name} className={classes['group']}>
          <h2>{group.name}</h2>
          <dl className={classes['list']}>
            {group.shortcuts.map(({ keys, what }) => (
              <Fragment key={keys}>
                <dt>
                  {keys.split(' ').map((key) => (
                    <Kbd key={key} size="sm">
                      {key}
                    </Kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
