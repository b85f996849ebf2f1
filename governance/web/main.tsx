import '@mantine/core/styles.css';
import './styles/tokens.css';
import './styles/global.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client.ts';
import { App } from './app.tsx';
import { cssVariables, theme } from './theme.ts';

/** The page's nonce: style elements without it are refused by the content security policy. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
Object.assign(globalThis, { __webpack_nonce__: nonce });

/** After an upgrade the parts of the old page are gone: the new page is loaded, once. */
const RELOADED = 'wardflow-reloaded';
window.addEventListener('vite:preloadError', (event) => {
  if (Date.now() - Number(sessionStorage.getItem(RELOADED)) < 30_000) return;
  event.preventDefault();
  sessionStorage.setItem(RELOADED, String(Date.now()));
  window.location.reload();
});

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      refetchOnWindowFocus: true,
      // What was refused stays refused; what did not answer is asked again.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.problem.status < 500 && error.problem.status > 0),
      retryDelay: (failures) => 500 * 2 ** failures,
    },
  },
});

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={localStorageColorSchemeManager({ key: 'wardflow-colours' })}
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
