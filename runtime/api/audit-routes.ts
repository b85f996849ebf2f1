/** The audit chain: list, verify, export as JSON lines. */
import { once } from 'node:events';
import type { Router } from 'express';
import { verifyAudit, type Engine } from '../../engine/index.ts';
import type { AuditHead, AuditList, AuditVerification } from './contract.ts';
import { answering } from './answering.ts';
import { actorOf, auditQuery } from './query.ts';

const PAGE = 1000;

export function auditRoutes(router: Router, engine: Engine): void {
  const { store, clock } = engine;

  router.get(
    '/audit',
    answering(async (request, response) => {
      const answer: AuditList = { records: await store.audit.list(auditQuery(request)) };
      response.json(answer);
    }),
  );

  router.get(
    '/audit/head',
    answering(async (_request, response) => {
      const answer: AuditHead = await store.audit.head();
      response.json(answer);
    }),
  );

  router.get(
    '/audit/verify',
    answering(async (_request, response) => {
      const answer: AuditVerification = await verifyAudit(store.audit);
      response.json(answer);
    }),
  );

  router.get(
    '/audit/export',
    answering(async (request, response) => {
      const actor = actorOf(request);
      await store.audit.append([{ at: clock.now(), type: 'audit.exported', actor, details: {} }]);
      const { limit: _, order: __, before: ___, after: ____, ...filter } = auditQuery(request);
      response.type('application/x-ndjson');
      for (let after = 0; ;) {
        const records = await store.audit.list({ ...filter, after, limit: PAGE, order: 'oldest-first' });
        const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
        if (lines !== '' && !response.write(lines)) await once(response, 'drain');
        const last = records.at(-1);
        if (!last || records.length < PAGE || response.destroyed) break;
        after = last.seq;
      }
      response.end();
    }),
  );
}
