import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Petrol: calm, and far from the red, amber and green that mean something here. */
const petrol: MantineColorsTuple = [
  ...(['#e6f4f6', '#d0e7ea', '#a2cfd6', '#70b5c0', '#489fad'] as const),
  ...(['#2c8c9b', '#177786', '#0b6472', '#075561', '#03454f'] as const),
];

/** The library's dark greys in the hue of our tokens: fields and disabled buttons are made of them. */
const slate: MantineColorsTuple = [
  ...(['#e3ebef', '#c3d0d7', '#9fb1bc', '#73868f', '#465963'] as const),
  ...(['#2f3e48', '#1d2930', '#161f26', '#11191f', '#0c1318'] as const),
];

/** Sheets lie above the ground, as panels do. */
const SHEET = {
  content: { background: 'var(--wf-surface)' },
  header: { background: 'var(--wf-surface)' },
  title: { fontSize: 16, fontWeight: 650 },
};

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 7 },
  colors: { petrol, dark: slate },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif",
  fontFamilyMonospace: 'var(--wf-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: false } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } }, styles: SHEET },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } }, styles: SHEET },
  },
});

/** The component library draws with our tokens, so that it and our own parts are one. */
const shared = {
  '--mantine-color-body': 'var(--wf-ground)',
  '--mantine-color-text': 'var(--wf-text)',
  '--mantine-color-dimmed': 'var(--wf-dim)',
  '--mantine-color-anchor': 'var(--wf-accent)',
  '--mantine-color-default': 'var(--wf-surface)',
  '--mantine-color-default-hover': 'var(--wf-hover)',
  '--mantine-color-default-color': 'var(--wf-text)',
  '--mantine-color-default-border': 'var(--wf-line-strong)',
  '--mantine-color-placeholder': 'var(--wf-dim)',
  '--mantine-color-error': 'var(--wf-danger)',
};
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
