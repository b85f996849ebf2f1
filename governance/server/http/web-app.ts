import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router, type Response } from 'express';
import { consoleErrors } from '../../errors.ts';

/** Written by the web build where a nonce belongs (vite.config.ts, `html.cspNonce`). */
export const NONCE_MARK = '__WARDFLOW_NONCE__';

/** The built web app: hashed files for ever, everything else is the one page. */
export function webAppRouter(folder: string, nonceOf: (response: Response) => string): Router {
  const router = Router();
  router.use(
    '/assets',
    express.static(join(folder, 'assets'), { immutable: true, maxAge: '365d', index: false, fallthrough: true }),
    () => {
      throw consoleErrors.create('not-found');
    },
  );
  router.use(express.static(folder, { index: false, maxAge: '1h', dotfiles: 'ignore' }));
  router.get('/{*path}', (_request, response) => {
    const file = join(folder, 'index.html');
    if (!existsSync(file)) throw consoleErrors.create('console-web-missing');
    const page = readFileSync(file, 'utf8').replaceAll(NONCE_MARK, nonceOf(response));
    response.setHeader('Cache-Control', 'no-store');
    response.type('html').send(page);
  });
  return router;
}
