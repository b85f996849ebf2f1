import { Menu } from '@mantine/core';
import { Check, ChevronDown } from 'lucide-react';
import { sectionIn } from '../../api/console-address.ts';
import { ENVIRONMENT } from '../api/environment.ts';
import { useRuntimes } from '../api/queries.ts';
import classes from './environment-switch.module.css';

const WHAT: Readonly<Record<string, string>> = {
  staging: 'where flows are made and tried',
  production: 'runs what was approved',
};

/** Says whose messages the pages show, and leads to the other environment's. */
export function EnvironmentSwitch() {
  const runtimes = useRuntimes().data?.runtimes ?? [];
  const others = runtimes.filter(({ name }) => name !== ENVIRONMENT);
  if (others.length === 0)
    return (
      <span className={classes['environment']} data-environment={ENVIRONMENT} title="The environment that you see">
        {ENVIRONMENT}
      </span>
    );
  return (
    <Menu position="bottom-start" width={250}>
      <Menu.Target>
        <button
          type="button"
          className={classes['environment']}
          data-environment={ENVIRONMENT}
          aria-label={`Environment: ${ENVIRONMENT}. Choose another`}
        >
          {ENVIRONMENT}
          <ChevronDown size={13} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Messages and operations of</Menu.Label>
        {runtimes.map(({ name, reachable }) => (
          <Menu.Item
            key={name}
            component="a"
            // Loaded anew: nothing of one environment may be shown as the other's.
            href={sectionIn(name, window.location.pathname)}
            aria-current={name === ENVIRONMENT ? 'true' : undefined}
            rightSection={name === ENVIRONMENT ? <Check size={15} aria-hidden="true" /> : null}
          >
            <span className={classes['name']}>{name}</span>
            <br />
            <small>{reachable ? WHAT[name] : 'does not answer'}</small>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
