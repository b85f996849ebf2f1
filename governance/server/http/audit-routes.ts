/** The audit trails of the console and of every runtime: search, count, verify, export. */
import { createReadStream, existsSync } from 'node:fs';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { Router, type Response } from 'express';
import { AUDIT_SENTENCES } from '../../../engine/index.ts';
import type { AuditChoices, AuditDayCounts, AuditHeadsView, AuditVerdictView } from '../../api/audit-contract.ts';
import type { Permission } from '../../api/permissions.ts';
import { auditErrors } from '../../audit/errors.ts';
import { EXPORT_TYPES, exportLines, type ExportFormat } from '../../audit/export/export-lines.ts';
import type { AuditDesk } from '../../audit/open-audit.ts';
import type { SearchFilter } from '../../audit/search/audit-search.ts';
import type { AuditTrail } from '../audit-trail.ts';
import { actorOf, demand, type Needs } from './guards.ts';
import { handled } from './handled.ts';
import { problemOf } from './problems.ts';
import { validBody, validQuery } from './validate.ts';

export interface AuditRouterParts {
  readonly desk: AuditDesk;
  readonly trail: AuditTrail;
  readonly needs: Needs;
}

const PAGE = 100;

export function auditRouter({ desk, trail, needs }: AuditRouterParts): Router {
  const router = Router();
  const { search, heads, files } = desk;

  /** The trails are one: who may read a part of the definitions only, reads none of them. */
  const everywhere = (response: Response, permission: Permission): void => demand(response, permission, {});

  router.get(
    '/audit',
    needs('audit:read'),
    handled(async (request, response) => {
      everywhere(response, 'audit:read');
      const { cursor, limit = PAGE, ...filter } = validQuery('auditSearch', request.query);
      const page = { limit: Number(limit), ...(cursor !== undefined && { cursor: String(cursor) }) };
      response.json(await search.page(filterOf(filter), page, actorOf(response)));
    }),
  );

  router.get(
    '/audit/days',
    needs('audit:read'),
    handled(async (request, response) => {
      everywhere(response, 'audit:read');
      const { edges = '', ...filter } = validQuery('auditDays', request.query);
      const times = String(edges).split(',').map(Number);
      const answer: AuditDayCounts = { counts: await search.days(filterOf(filter), times, actorOf(response)) };
      response.json(answer);
    }),
  );

  router.get('/audit/choices', needs('audit:read'), (_request, response) => {
    everywhere(response, 'audit:read');
    const choices = search.choices();
    const types = [...new Set([...Object.keys(AUDIT_SENTENCES), ...choices.types])].toSorted();
    const answer: AuditChoices = { ...choices, types };
    response.json(answer);
  });

  router.post(
    '/audit/find-messages',
    needs('message:search-identifier'),
    handled(async (request, response) => {
      const { kind, value } = validBody('auditFind', request.body);
      everywhere(response, 'message:search-identifier');
      everywhere(response, 'audit:read');
      response.json(await search.find(kind, value, actorOf(response)));
    }),
  );

  router.post(
    '/audit/verify',
    needs('audit:read'),
    handled(async (_request, response) => {
      everywhere(response, 'audit:read');
      const verdict = await desk.verify();
      const found = [...verdict.chains, verdict.heads].flatMap(({ findings }) => findings.map(({ code }) => code));
      trail.append('audit.verified', actorOf(response), { verdict: verdict.intact ? 'intact' : found.join(', ') });
      const answer: AuditVerdictView = { ...verdict, at: Date.now() };
      response.json(answer);
    }),
  );

  router.get('/audit/heads', needs('status:read'), (_request, response) => {
    const { newest, problem } = heads.status();
    const answer: AuditHeadsView = {
      newest: newest && { number: newest.number, at: Date.parse(newest.at), unread: newest.unread },
      problem: problem && problemOf(problem),
    };
    response.json(answer);
  });

  router.get(
    '/audit/heads.jsonl',
    needs('audit:export'),
    handled((_request, response) => sendFile(response, files.heads)),
  );
  router.get(
    '/audit/heads-key',
    needs('audit:export'),
    handled((_request, response) => sendFile(response, files.publicKey)),
  );

  router.get(
    '/audit/export',
    needs('audit:export'),
    handled(async (request, response) => {
      everywhere(response, 'audit:export');
      const { format = 'jsonl', partial, ...rest } = validQuery('auditExport', request.query);
      await sendExport(response, String(format) as ExportFormat, filterOf(rest), partial === '1');
    }),
  );

  async function sendExport(
    response: Response,
    format: ExportFormat,
    filter: SearchFilter,
    partial: boolean,
  ): Promise<void> {
    const actor = actorOf(response);
    const { parts, count, entries } = await search.all(filter, actor, partial);
    const fields = Object.keys(filter).join(', ');
    // Before the first byte: an export that breaks off has been made all the same.
    trail.append('audit.exported', actor, { format, records: count, filter: fields });
    const missing = parts.filter(({ complete }) => !complete).map(({ chain }) => chain);
    const { type, file } = EXPORT_TYPES[format];
    if (missing.length > 0) response.setHeader('Wardflow-Audit-Missing', missing.join(', '));
    response.type(type).attachment(file);
    for await (const lines of exportLines(entries, format, desk.host)) {
      if (response.destroyed) return;
      if (!response.write(lines)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    response.end();
  }

  return router;
}

function filterOf({ messages, ...filter }: Readonly<Record<string, string | number>>): SearchFilter {
  return { ...filter, ...(messages !== undefined && { messages: String(messages).split(',') }) };
}

async function sendFile(response: Response, file: string): Promise<void> {
  demand(response, 'audit:export', {});
  if (!existsSync(file)) throw auditErrors.create('audit-heads-missing', { file: 'the data folder' });
  response.type('application/octet-stream').attachment(file.slice(file.lastIndexOf('/') + 1));
  await pipeline(createReadStream(file), response);
}
