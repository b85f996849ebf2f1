import { defineConfig } from 'vite';

/** `vite build governance/web`, by `npm run build`; the server hands the page out with a fresh nonce for each answer. */
export default defineConfig({
  base: '/',
  html: { cspNonce: '__WARDFLOW_NONCE__' },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // Data URLs in style sheets are refused by the content security policy for fonts.
    assetsInlineLimit: 0,
    // The first page carries the component library; the flow drawing and the other pages load when they are opened.
    chunkSizeWarningLimit: 650,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // The component library marks every file "use client", which means nothing here.
      onLog: (level, log, next) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : next(level, log)),
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4000', '/live': { target: 'http://127.0.0.1:4000', ws: true } } },
});
