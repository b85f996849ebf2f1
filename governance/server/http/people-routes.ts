import { Router, type Request } from 'express';
import { USERNAME } from '../../api/schemas.ts';
import { consoleErrors } from '../../errors.ts';
import type { People } from '../people.ts';
import type { Programs } from '../programs.ts';
import { actorOf, identityOf, type Needs } from './guards.ts';
import { handled } from './handled.ts';
import { sessionEntry } from './session-routes.ts';
import { validBody } from './validate.ts';

export interface PeopleRouteParts {
  readonly people: People;
  readonly programs: Programs;
  readonly needs: Needs;
}

const NAME = new RegExp(USERNAME, 'u');
const ID = /^[A-Za-z0-9_-]{1,128}$/;

/** Accounts of people and of programs. */
export function peopleRouter({ people, programs, needs }: PeopleRouteParts): Router {
  const router = Router();
  router.get('/people', needs('account:list'), (_request, response) => {
    response.json({ people: people.list() });
  });
  router.post(
    '/people',
    needs('account:manage'),
    handled(async (request, response) => {
      const person = validBody('newPerson', request.body);
      response.status(201).json(await people.create(actorOf(response), person));
    }),
  );
  router.post('/people/:username', needs('account:manage'), (request, response) => {
    const change = validBody('personChange', request.body);
    response.json(people.change(actorOf(response), nameIn(request), change));
  });
  router.post(
    '/people/:username/reset',
    needs('account:manage'),
    handled(async (request, response) => {
      validBody('nothing', request.body);
      response.json(await people.reset(actorOf(response), nameIn(request)));
    }),
  );
  router.post('/people/:username/unlock', needs('account:manage'), (request, response) => {
    validBody('nothing', request.body);
    response.json(people.unlock(actorOf(response), nameIn(request)));
  });
  router.delete('/people/:username/second-factor', needs('account:manage'), (request, response) => {
    response.json(people.removeSecondFactor(actorOf(response), nameIn(request)));
  });
  router.get('/people/:username/sessions', needs('account:list'), (request, response) => {
    const { session } = identityOf(response);
    response.json({ sessions: people.sessions(nameIn(request)).map((one) => sessionEntry(one, session.id)) });
  });
  router.delete('/people/:username/sessions', needs('account:manage'), (request, response) => {
    people.endSessions(actorOf(response), nameIn(request));
    response.status(204).end();
  });
  router.delete('/people/:username/sessions/:id', needs('account:manage'), (request, response) => {
    people.endSessions(actorOf(response), nameIn(request), idIn(request));
    response.status(204).end();
  });

  router.get('/service-accounts', needs('service-account:list'), (_request, response) => {
    response.json({ accounts: programs.list() });
  });
  router.post('/service-accounts', needs('service-account:manage'), (request, response) => {
    const wish = validBody('newServiceAccount', request.body);
    response.status(201).json(programs.create(identityOf(response).account, wish));
  });
  router.delete('/service-accounts/:id', needs('service-account:manage'), (request, response) => {
    programs.revoke(actorOf(response), idIn(request));
    response.status(204).end();
  });
  return router;
}

function nameIn(request: Request): string {
  const name = request.params['username'];
  if (typeof name !== 'string' || !NAME.test(name)) throw consoleErrors.create('account-unknown');
  return name;
}

function idIn(request: Request): string {
  const id = request.params['id'];
  if (typeof id !== 'string' || !ID.test(id)) throw consoleErrors.create('not-found');
  return id;
}
