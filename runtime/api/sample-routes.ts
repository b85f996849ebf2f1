/**
 * Messages pinned to their feed as samples, for the editor's preview. Pinning shows nothing: who is shown values of a pinned
 * message needs what everybody needs who looks at a body, and is recorded as they are.
 */
import type { Router } from 'express';
import type { Engine } from '../../engine/index.ts';
import { SAMPLE_NAME, type PinnedSample, type PinnedSamples } from '../samples/pinned-samples.ts';
import { answering } from './answering.ts';
import { bodyOf, textIn } from './body.ts';
import type { SampleView, SampleViews } from './contract.ts';
import { demandOneIn, partOf, type Part } from './part.ts';
import { conflict, invalid, notFound } from './problems.ts';
import { actorOf, idOf, text } from './query.ts';
import type { SampleLooks } from './sample-looks.ts';

export function sampleRoutes(router: Router, engine: Engine, samples: PinnedSamples, looks: SampleLooks): void {
  const { store, clock } = engine;

  const bodyIsThere = async (id: string): Promise<boolean> => (await store.journal.bytes(id)) !== undefined;

  /** `null`: not for this caller. */
  const view = async (sample: PinnedSample, part: Part): Promise<SampleView | null> => {
    const message = await store.journal.get(sample.message);
    if (part !== null && !message?.definitions.some((one) => part.has(one))) return null;
    const { type = null, controlId = null, receivedAt = null } = message ?? {};
    return { ...sample, type, controlId, receivedAt, gone: !message || !(await bodyIsThere(sample.message)) };
  };

  router.get(
    '/samples',
    answering(async (request, response) => {
      const part = partOf(response);
      const feed = text(request, 'feed', 63);
      const views: SampleView[] = [];
      // One after the other: each reads a body.
      for (const sample of await samples.list()) {
        const shown = feed === undefined || sample.feed === feed ? await view(sample, part) : null;
        if (shown) views.push(shown);
      }
      const answer: SampleViews = { samples: views };
      response.json(answer);
    }),
  );

  router.post(
    '/messages/:id/pin',
    answering(async (request, response) => {
      const part = partOf(response);
      const id = idOf(request);
      const by = actorOf(request);
      const name = textIn(bodyOf(request, ['name']), 'name', 60)?.normalize('NFC');
      if (name === undefined || !SAMPLE_NAME.test(name))
        throw invalid('name takes letters, digits, blanks and hyphens, at most 60');
      const message = await store.journal.get(id);
      if (!message) throw notFound('message');
      demandOneIn(part, message.definitions);
      if (message.state === 'quarantined') throw conflict('a message that cannot be read is no sample');
      if (!(await bodyIsThere(id))) throw conflict('its body was removed by retention');
      const { feed } = message;
      const at = clock.now();
      await samples.pin({ message: id, feed, name, by, at });
      await store.audit.append([{ at, type: 'sample.pinned', actor: by, messageId: id, details: { feed, name } }]);
      const { type, controlId, receivedAt } = message;
      const answer: SampleView = { message: id, feed, name, by, at, type, controlId, receivedAt, gone: false };
      response.status(201).json(answer);
    }),
  );

  router.post(
    '/messages/:id/unpin',
    answering(async (request, response) => {
      const id = idOf(request);
      const actor = actorOf(request);
      demandOneIn(partOf(response), (await store.journal.get(id))?.definitions ?? []);
      const was = await samples.unpin(id);
      if (!was) throw notFound('pinned sample');
      const { feed, name } = was;
      await store.audit.append([
        { at: clock.now(), type: 'sample.unpinned', actor, messageId: id, details: { feed, name } },
      ]);
      response.json({ unpinned: id });
    }),
  );

  router.post(
    '/samples/:id/look',
    answering(async (request, response) => {
      await looks.at(partOf(response), actorOf(request), idOf(request), bodyOf(request, ['use'])['use']);
      response.json({ recorded: true });
    }),
  );
}
