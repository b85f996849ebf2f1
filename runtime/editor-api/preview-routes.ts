/**
 * The part of the editor's API that the forms of nodes use. A preview does nothing: it reads a sample, evaluates what stands in
 * the form on it, and shows what comes out. Values of a pinned message only to who may look at bodies (sample-messages.ts).
 */
import type { Request, RequestHandler, Response, Router } from 'express';
import { eventChoiceOf, Hl7Message, WardflowError, type DefinitionSet, type Log } from '../../engine/index.ts';
import { answering } from '../api/answering.ts';
import { bodyOf, objectOf, textIn, type Body } from '../api/body.ts';
import { invalid, sendProblem } from '../api/problems.ts';
import { sessionIn } from '../login.ts';
import type { NodePreview, PreviewResult, ValuePreview } from '../services.ts';
import { conversionShown } from './conversion-shown.ts';
import { previewErrors } from './errors.ts';
import { feedOf } from './feed-of.ts';
import { messageChanges, messageMade } from './message-changes.ts';
import { nameOfPath, pathAnswer, USUAL_VERSION } from './path-names.ts';
import { createPreviewBudget } from './preview-budget.ts';
import type { PreviewAnswer, ShownRow } from './preview-contract.ts';
import { previewMessage, previewOfJson } from './preview-message.ts';
import { previewValue, type PreviewUtil } from './preview-value.ts';
import { createSampleMessages, Refused, type JsonSample, type SampleMessagesOptions } from './sample-messages.ts';
import { shownValue } from './shown-value.ts';

export interface PreviewRouteOptions extends SampleMessagesOptions {
  readonly log: Log;
  readonly definitions: () => DefinitionSet;
  readonly previewOf: (type: string) => NodePreview | undefined;
  readonly valuePreviewOf: (type: string) => ValuePreview | undefined;
  readonly util: () => PreviewUtil;
}

const FEED = /^[a-z][a-z0-9-]{0,62}$/;
const NODE_ID = /^[\w.:-]{1,128}$/;
const VERSION = /^\d(?:\.\d{1,2}){1,2}$/;
const USE = /^[\w-]{8,64}$/;
const LONGEST_TYPED = 100;
const MOST_ROWS = 200;

export function previewRoutes(router: Router, options: PreviewRouteOptions): void {
  const { definitions, previewOf, valuePreviewOf, util, log } = options;
  const samples = createSampleMessages(options);
  const budget = createPreviewBudget();

  const workedOut = async (preview: NodePreview, wish: Wish, sample: Hl7Message): Promise<PreviewAnswer> => {
    const before = sample.toString();
    const [type, version] = [sample.type, sample.get('MSH-12')];
    const definition = wish.tab === null ? undefined : definitions().ofNode(wish.tab);
    const choice = eventChoiceOf(definition?.flow ?? []);
    const feed = feedOf(definitions(), wish.feed);
    const { msg, events } = previewMessage(sample, feed, Date.now(), choice);
    const { rows, after, made, conversion } = await preview({
      config: wish.config,
      msg,
      definition,
      now: new Date(),
      zone: feed?.zone ?? null,
      value: previewValue(util(), msg),
    });
    return {
      message: { type, version, events },
      rows: rows.slice(0, MOST_ROWS).map((row) => shownRow(row, version)),
      changes: after ? (made ? messageMade(after.toString()) : messageChanges(before, after.toString())) : null,
      conversion: conversion ? conversionShown(sample, conversion, (path) => nameIn(path, version)) : null,
    };
  };

  const workedOutOn = async ({ json }: JsonSample, wish: Wish): Promise<PreviewAnswer> => {
    const preview = valuePreviewOf(wish.type);
    if (!preview) throw previewErrors.create('preview-not-hl7');
    const { msg, type, events } = previewOfJson(json, Date.now());
    const { rows } = await preview({
      config: wish.config,
      definition: wish.tab === null ? undefined : definitions().ofNode(wish.tab),
      now: new Date(),
      msg,
      value: previewValue(util(), msg),
    });
    return {
      message: { type, version: '', events },
      rows: rows.slice(0, MOST_ROWS).map((row) => shownRow(row, '')),
      changes: null,
      conversion: null,
    };
  };

  router.get('/hl7/paths', (request, response) => {
    const typed = queryText(request, 'typed', LONGEST_TYPED) ?? '';
    const version = queryText(request, 'version', 20) ?? USUAL_VERSION;
    response.json(pathAnswer(typed, VERSION.test(version) ? version : USUAL_VERSION));
  });

  router.get(
    '/samples',
    told(log, async (request, response) => {
      const feed = named(queryText(request, 'feed', 63), FEED, 'feed');
      const tab = named(queryText(request, 'node', 128), NODE_ID, 'node');
      response.json(await samples.list({ session: sessionOf(request) }, feed, tab));
    }),
  );

  router.post(
    '/preview',
    told(log, async (request, response) => {
      const session = sessionOf(request);
      const wish = wishIn(request);
      const preview = previewOf(wish.type);
      if (!preview) throw previewErrors.create('preview-none');
      const spare = (): void => {
        if (!budget.mayGoOn(session, performance.now())) throw previewErrors.create('preview-busy');
      };
      spare();
      // Before the turn: a console that is slow to answer must keep nobody else waiting.
      const sample = await samples.message({ session }, wish.sample, wish.use, wish.feed);
      const turn = budget.inTurn(async () => {
        spare();
        const began = performance.now();
        try {
          return sample instanceof Hl7Message
            ? await workedOut(preview, wish, sample)
            : await workedOutOn(sample, wish);
        } finally {
          const now = performance.now();
          budget.spent(session, now - began, now);
        }
      });
      if (!turn) throw previewErrors.create('preview-busy');
      response.json(await turn);
    }),
  );
}

interface Wish {
  readonly sample: string;
  readonly use: string;
  readonly feed: string | null;
  readonly tab: string | null;
  readonly type: string;
  readonly config: Body;
}

function wishIn(request: Request): Wish {
  const body = bodyOf(request, ['sample', 'use', 'feed', 'tab', 'node']);
  const node = objectOf(body['node'], ['type', 'config'], 'node');
  const config: unknown = node['config'];
  if (typeof config !== 'object' || config === null || Array.isArray(config)) throw invalid('config takes an object');
  const use = named(textIn(body, 'use', 64), USE, 'use');
  if (use === null) throw invalid('use is missing');
  return {
    sample: textIn(body, 'sample', 200) ?? '',
    use,
    feed: named(textOrNull(body, 'feed', 63), FEED, 'feed'),
    tab: named(textOrNull(body, 'tab', 128), NODE_ID, 'tab'),
    type: textIn(node, 'type', 100) ?? '',
    config: config as Body,
  };
}

const textOrNull = (body: Body, name: string, longest: number): string | undefined =>
  body[name] === null ? undefined : textIn(body, name, longest);

function named(value: string | undefined, form: RegExp, name: string): string | null {
  if (value === undefined) return null;
  if (!form.test(value)) throw invalid(`${name} is not in its form`);
  return value;
}

function queryText(request: Request, name: string, longest: number): string | undefined {
  const value = request.query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string' || value.length > longest)
    throw invalid(`${name} takes one text, at most ${longest} characters`);
  return value;
}

const nameIn = (path: string, version: string): string =>
  nameOfPath(path, VERSION.test(version) ? version : USUAL_VERSION);

function shownRow(row: PreviewResult['rows'][number], version: string): ShownRow {
  const { field, label = null, path = null, before = null, value, more = 0, skipped = false, problem = null } = row;
  const name = path === null ? '' : nameIn(path, version);
  return {
    field,
    label,
    path,
    name,
    before: before === null ? null : shownValue(before).text,
    value: shownValue(value),
    more,
    skipped,
    problem,
  };
}

/** What the console refused in its own words, and what is wrong with a preview as a conflict. */
function told(log: Log, handler: (request: Request, response: Response) => Promise<void>): RequestHandler {
  return answering(async (request, response) => {
    try {
      await handler(request, response);
    } catch (error) {
      if (error instanceof Refused)
        response.status(error.status).type('application/problem+json').send(JSON.stringify(error.problem));
      else if (error instanceof WardflowError && Object.hasOwn(previewErrors.entries, error.code))
        sendProblem(response, error, log, error.failureClass === 'throttled' ? 429 : 409);
      else throw error;
    }
  });
}

const sessionOf = (request: Request): string => sessionIn(request.headers.cookie ?? '') ?? '';
