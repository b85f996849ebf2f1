import { AppShell, Drawer } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { LiveContext, useLiveConnection } from '../api/live.ts';
import { ShortcutHelp } from '../keyboard/shortcut-help.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { GlassBanner } from '../releases/glass-banner.tsx';
import { useSession } from '../session/session.ts';
import { Header } from './header.tsx';
import { Navigation, placesOf } from './navigation.tsx';
import { NoticeList, NoticeReader } from './notices.tsx';
import { RosterBanner } from './roster-banner.tsx';
import { RuntimeBanner } from './runtime-banner.tsx';
import { FallbackBanner } from '../fallback/fallback-banner.tsx';
import { SwitchBanner } from './switch-banner.tsx';
import classes from './shell.module.css';

/** Header, navigation and the page. Everything around a page lives here; a page knows nothing of it. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const live = useLiveConnection(useQueryClient());
  const session = useSession();
  const [, navigate] = useLocation();
  const [menu, setMenu] = useState(false);
  const [notices, setNotices] = useState(false);
  const [help, setHelp] = useState(false);

  useShortcuts('Everywhere', [
    ...placesOf(session).map((place) => ({
      keys: place.keys,
      what: `Go to ${place.label}`,
      run: () => navigate(place.path),
    })),
    { keys: '?', what: 'Show this help', run: () => setHelp(true) },
  ]);

  return (
    <LiveContext value={live}>
      <a className={classes['skip']} href="#page">
        Skip to the page
      </a>
      <AppShell
        header={{ height: 52 }}
        navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: true } }}
        padding={0}
        transitionDuration={0}
      >
        <AppShell.Header className={classes['header']}>
          <Header onMenu={() => setMenu(true)} onNotices={() => setNotices(true)} onHelp={() => setHelp(true)} />
        </AppShell.Header>
        <AppShell.Navbar className={classes['side']} aria-label="Main">
          <Navigation />
          <NoticeList latest={2} />
        </AppShell.Navbar>
        <AppShell.Main className={classes['main'] ?? ''}>
          <GlassBanner />
          <RuntimeBanner />
          <RosterBanner />
          <FallbackBanner />
          <SwitchBanner />
          <div id="page" tabIndex={-1} className={classes['page']}>
            {children}
          </div>
        </AppShell.Main>
      </AppShell>
      <Drawer opened={menu} onClose={() => setMenu(false)} size={280} title="Wardflow">
        <Navigation onGo={() => setMenu(false)} />
      </Drawer>
      <Drawer
        opened={notices}
        onClose={() => setNotices(false)}
        position="right"
        size={400}
        title="Notices of the last 24 hours"
      >
        <NoticeList onGo={() => setNotices(false)} />
      </Drawer>
      <ShortcutHelp opened={help} onClose={() => setHelp(false)} />
      <NoticeReader />
    </LiveContext>
  );
}
