import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { Bell, CircleHelp, CircleUser, KeyRound, LogOut, Menu as MenuIcon } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { useNotices } from '../api/queries.ts';
import { useSession } from '../session/session.ts';
import { useSaid } from './announcer.tsx';
import { ColourSchemeSwitch } from './colour-scheme-switch.tsx';
import { ConnectionIndicator } from './connection-indicator.tsx';
import { EnvironmentSwitch } from './environment-switch.tsx';
import classes from './header.module.css';
import { Mark } from './mark.tsx';

export function Header({
  onMenu,
  onNotices,
  onHelp,
}: {
  readonly onMenu: () => void;
  readonly onNotices: () => void;
  readonly onHelp: () => void;
}) {
  const { view, logout } = useSession();
  const [, navigate] = useLocation();
  const said = useSaid();
  const count = useNotices().data?.notices.length ?? 0;
  return (
    <div className={classes['bar']}>
      <ActionIcon variant="subtle" color="gray" hiddenFrom="sm" aria-label="Menu" onClick={onMenu}>
        <MenuIcon size={18} />
      </ActionIcon>
      <Link href="/" className={classes['brand'] ?? ''}>
        <Mark size={26} />
        <span className={classes['name']}>Wardflow</span>
      </Link>
      <EnvironmentSwitch />
      <p className={classes['said']} role="status">
        {said}
      </p>
      <ConnectionIndicator />
      <Tooltip label={count === 0 ? 'No notices' : `Notices (${count})`}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Notices, ${count}`} onClick={onNotices}>
          <Bell size={18} />
          {count > 0 && <span className={classes['dot']} />}
        </ActionIcon>
      </Tooltip>
      <ColourSchemeSwitch />
      <Tooltip label="Keyboard help (?)">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="Keyboard help"
          visibleFrom="sm"
          onClick={onHelp}
        >
          <CircleHelp size={18} />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Account of ${view.username}`}>
            <CircleUser size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {view.displayName} · {view.roles.join(', ')}
          </Menu.Label>
          <Menu.Item leftSection={<KeyRound size={15} />} onClick={() => navigate('/account')}>
            My account
          </Menu.Item>
          <Menu.Item leftSection={<LogOut size={15} />} onClick={() => void logout()}>
            Log out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
