import express, { Router, type Request, type RequestHandler } from 'express';
import { MOST_PROPOSALS, PROPOSAL_STATES, type ProposalState } from '../../api/proposal-contract.ts';
import { bundleFileName } from '../../bundle/index.ts';
import { consoleErrors } from '../../errors.ts';
import { proposalErrors } from '../proposals/errors.ts';
import type { ProposalFilter, Proposals } from '../proposals/proposals.ts';
import { identityOf, type Needs } from './guards.ts';
import { handled } from './handled.ts';
import { validBody, validQuery } from './validate.ts';

/** Summaries and signed statements of people who write in other alphabets are larger than what other routes take. */
export const proposalBodies = (): RequestHandler => express.json({ limit: '64kb', strict: true });

/** Changes of definitions, on their way into an environment. */
export function proposalRouter(proposals: Proposals, needs: Needs): Router {
  const router = Router();
  router.get(
    '/proposals',
    needs('proposal:read'),
    handled(async (request, response) => {
      response.json(await proposals.list(filterIn(request), identityOf(response)));
    }),
  );
  router.post(
    '/proposals',
    needs('proposal:create'),
    handled(async (request, response) => {
      const wish = validBody('newProposal', request.body);
      response.status(201).json(await proposals.create(identityOf(response), wish));
    }),
  );
  router.get(
    '/proposals/:number',
    needs('proposal:read'),
    handled(async (request, response) => {
      response.json(await proposals.view(numberIn(request), identityOf(response)));
    }),
  );
  router.get(
    '/proposals/:number/files',
    needs('proposal:read'),
    handled(async (request, response) => {
      response.json(await proposals.files(numberIn(request)));
    }),
  );
  router.get(
    '/proposals/:number/bundle',
    needs('proposal:read'),
    handled(async (request, response) => {
      const { bundle, content } = await proposals.bundleFile(numberIn(request));
      response.setHeader('Content-Disposition', `attachment; filename="${bundleFileName(bundle)}"`);
      response.type('application/octet-stream').send(Buffer.from(content));
    }),
  );
  router.post(
    '/proposals/:number/signature',
    needs('proposal:create'),
    handled(async (request, response) => {
      const { envelope } = validBody('signedWish', request.body);
      response.json(await proposals.sign(identityOf(response), numberIn(request), envelope));
    }),
  );
  router.post(
    '/proposals/:number/approvals',
    needs('proposal:approve'),
    handled(async (request, response) => {
      const { envelope } = validBody('signedWish', request.body);
      response.json(await proposals.approve(identityOf(response), numberIn(request), envelope));
    }),
  );
  router.post(
    '/proposals/:number/reject',
    needs('proposal:approve'),
    handled(async (request, response) => {
      const { reason } = validBody('reason', request.body);
      response.json(await proposals.reject(identityOf(response), numberIn(request), reason));
    }),
  );
  router.post(
    '/proposals/:number/withdraw',
    needs('proposal:create'),
    handled(async (request, response) => {
      const { reason } = validBody('reason', request.body);
      response.json(await proposals.withdraw(identityOf(response), numberIn(request), reason));
    }),
  );
  router.post(
    '/proposals/:number/revise',
    needs('proposal:create'),
    handled(async (request, response) => {
      const { summary } = validBody('revision', request.body);
      response.json(await proposals.revise(identityOf(response), numberIn(request), summary));
    }),
  );
  router.post('/proposals/:number/comments', needs('proposal:comment'), (request, response) => {
    const { text, place = null } = validBody('comment', request.body);
    response.status(201).json(proposals.comment(identityOf(response), numberIn(request), text, place));
  });
  router.post('/proposals/:number/comments/:id/resolve', needs('proposal:comment'), (request, response) => {
    validBody('nothing', request.body);
    proposals.resolve(identityOf(response), numberIn(request), String(request.params['id']));
    response.status(204).end();
  });
  router.post(
    '/proposals/:number/rerun',
    needs('proposal:comment'),
    handled(async (request, response) => {
      const { what } = validBody('rerun', request.body);
      response.json(await proposals.rerun(identityOf(response), numberIn(request), what));
    }),
  );
  router.get(
    '/editor/definitions/:definition',
    needs('proposal:read'),
    handled(async (request, response) => {
      response.json(await proposals.editorDefinition('production', definitionIn(request)));
    }),
  );
  router.get(
    '/editor/conflicts/:definition',
    needs('proposal:read'),
    handled(async (request, response) => {
      const found = await proposals.conflict(identityOf(response), 'production', definitionIn(request));
      if (!found) throw consoleErrors.create('not-found');
      response.json(found);
    }),
  );
  router.post(
    '/editor/conflicts/:definition',
    needs('proposal:create'),
    handled(async (request, response) => {
      const { version } = validBody('takeOver', request.body);
      await proposals.takeOver(identityOf(response), definitionIn(request), version);
      response.status(204).end();
    }),
  );
  return router;
}

const DEFINITION = /^(?:_shared|[a-z][a-z0-9-]{0,62})$/;

function definitionIn(request: Request): string {
  const name = request.params['definition'];
  if (typeof name !== 'string' || !DEFINITION.test(name)) throw consoleErrors.create('not-found');
  return name;
}

function numberIn(request: Request): number {
  const text = request.params['number'];
  if (typeof text !== 'string' || !/^[1-9]\d{0,8}$/.test(text)) throw proposalErrors.create('proposal-unknown');
  return Number(text);
}

function filterIn(request: Request): ProposalFilter {
  const { state, asks, before, limit, ...texts } = validQuery('proposalList', request.query);
  const states = String(state ?? '')
    .split(',')
    .filter((one): one is ProposalState => PROPOSAL_STATES.some((known) => known === one));
  const { definition, author, text } = texts;
  return {
    ...(states.length > 0 ? { states } : {}),
    ...(asks === undefined ? {} : { asksMe: true }),
    ...(definition === undefined ? {} : { definition: String(definition) }),
    ...(author === undefined ? {} : { author: String(author) }),
    ...(text === undefined ? {} : { text: String(text) }),
    ...(before === undefined ? {} : { before: Number(before) }),
    limit: Math.min(Number(limit ?? MOST_PROPOSALS), MOST_PROPOSALS),
  };
}
