/** Values of a pinned message for the inputs of a rule table that is being written. Nothing of them is kept. */
import type { Router } from 'express';
import {
  eventChoiceOf,
  Hl7Message,
  inspectRuleTable,
  sampleEvents,
  WardflowError,
  type DefinitionSet,
  type Engine,
} from '../../engine/index.ts';
import { feedOf } from '../editor-api/feed-of.ts';
import { feedsOf } from '../rule-tables/feeds-of.ts';
import { answering } from './answering.ts';
import { bodyOf, textIn } from './body.ts';
import { demandOneIn, partOf } from './part.ts';
import { conflict, invalid, notFound } from './problems.ts';
import { actorOf, idOf } from './query.ts';
import type { SampleValues } from './rule-table-contract.ts';
import type { SampleLooks } from './sample-looks.ts';

export interface RuleSampleOptions {
  readonly engine: Engine;
  readonly definitions: () => DefinitionSet;
  readonly looks: SampleLooks;
  /** False behind the gate: only what a release has brought is evaluated there. */
  readonly writable: boolean;
}

const LARGEST = 1024 * 1024;
const MOST_EVENTS = 20;
/** For all events together; each decision has bounds of its own. */
const WITHIN_MS = 2_000;
const MESSAGE = /^[\w.:-]{1,128}$/;

export function ruleSampleRoutes(router: Router, options: RuleSampleOptions): void {
  const { engine, definitions, looks, writable } = options;
  const { store, clock } = engine;

  router.post(
    '/rule-tables/:definition/:table/sample-values',
    answering(async (request, response) => {
      const part = partOf(response);
      const all = definitions();
      const definition = all.byName(idOf(request, 'definition'));
      const own = definition?.rules.get(idOf(request, 'table'));
      if (!definition || !own) throw notFound('rule table');
      demandOneIn(part, [definition.name]);
      const body = bodyOf(request, ['content', 'message', 'use']);
      const id = textIn(body, 'message', 128) ?? '';
      if (!MESSAGE.test(id)) throw invalid('message takes the id of a message');
      const { table, problems } = inspectRuleTable(body['content']);
      if (!table) throw conflict(`${problems[0]?.place ?? ''} ${problems[0]?.what ?? 'the table is wrong'}`.trim());
      if (!writable && table.version !== own.version)
        throw conflict('rule tables change here by a release only, and others are tried out in staging');
      const known = await store.journal.get(id);
      if (known && !feedsOf(definition, all).includes(known.feed))
        throw conflict('the message came from a feed that this definition does not use');
      if (known && known.size > LARGEST) throw conflict('the message is larger than 1 MiB, which is too much to try');
      if (known && known.format !== 'hl7v2') throw conflict('inputs are filled in from HL7 messages alone');
      const { feed } = await looks.at(part, actorOf(request), id, body['use']);
      const facts = feedOf(all, feed);
      const message = parsed((await store.journal.bytes(id)) ?? new Uint8Array(), facts?.fallbackCharset ?? null);
      const now = new Date(clock.now());
      const context = {
        receivedAt: known?.receivedAt ?? now.getTime(),
        correlationId: 'sample',
        zone: facts?.zone ?? null,
        mode: 'live',
      } as const;
      const events = sampleEvents(message, context, eventChoiceOf(definition.flow));
      const end = performance.now() + WITHIN_MS;
      const shown: SampleValues['events'][number][] = [];
      for (const event of events.slice(0, MOST_EVENTS)) {
        if (performance.now() > end) break;
        const { inputs, missing, error } = await table.decideFor({ event, message }, { now });
        shown.push({ event: event.name, inputs, missing, error });
      }
      const answer: SampleValues = { events: shown, more: events.length - shown.length };
      response.json(answer);
    }),
  );
}

function parsed(bytes: Uint8Array, fallbackCharset: string | null): Hl7Message {
  try {
    return Hl7Message.parse(bytes, fallbackCharset === null ? {} : { fallbackCharset });
  } catch (error) {
    throw conflict(`the message cannot be read (${error instanceof WardflowError ? error.code : 'unknown'})`);
  }
}
