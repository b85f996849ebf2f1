import { Router } from 'express';
import { AUDIT_SENTENCES, auditSentence } from '../../../engine/index.ts';
import type { AuditPage } from '../../api/contract.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Needs } from './guards.ts';
import { handled } from './handled.ts';

/** What happened at the console itself. */
export function auditRouter(audit: AuditTrail, needs: Needs): Router {
  const router = Router();
  router.get('/audit', needs('audit:read'), (_request, response) => {
    const answer: AuditPage = {
      records: audit.list({ limit: 500 }).map((record) => ({ ...record, sentence: auditSentence(record) })),
    };
    response.json(answer);
  });
  router.get('/audit/types', needs('audit:read'), (_request, response) => {
    response.json({ types: Object.keys(AUDIT_SENTENCES).toSorted() });
  });
  router.get(
    '/audit/verify',
    needs('audit:read'),
    handled(async (_request, response) => {
      response.json(await audit.verify());
    }),
  );
  return router;
}
