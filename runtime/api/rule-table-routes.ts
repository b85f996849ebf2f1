/** Rule tables for their editor: read, judge while they are written, save where definitions are made, see which rows fired. */
import express, { type Request, type RequestHandler, type Router } from 'express';
import {
  eventChoiceOf,
  inspectRuleTable,
  type Definition,
  type DefinitionSet,
  type Engine,
  type RuleTable,
  type RuleValue,
  type TableJudge,
} from '../../engine/index.ts';
import { coverageOf } from '../rule-tables/coverage.ts';
import { feedsOf } from '../rule-tables/feeds-of.ts';
import { tableText } from '../rule-tables/table-text.ts';
import { answering } from './answering.ts';
import { bodyOf, objectOf, textIn } from './body.ts';
import { demandOneIn, partOf } from './part.ts';
import { conflict, invalid, notFound } from './problems.ts';
import { actorOf, idOf, wholeNumber } from './query.ts';
import type { RuleTableDetail, RuleTableList, RuleTableReport } from './rule-table-contract.ts';

export interface RuleTableSaver {
  /** Writes the text in the place of `before`, puts it in force, and records who did. `false`: the file is another one by now. */
  save(
    place: { readonly definition: string; readonly table: string },
    text: string,
    before: string,
    actor: string,
  ): Promise<boolean>;
}

interface Place {
  readonly definition: Definition;
  readonly table: RuleTable;
  readonly file: string;
}

/** A table of ten thousand rows. */
const LARGEST_BODY = '4mb';
const MOST_MESSAGES = 1000;
const MOST_SAMPLES = 40;

export const ruleTableBodies: RequestHandler = express.json({ limit: LARGEST_BODY });

/** @param saver absent behind the gate */
export function ruleTableRoutes(
  router: Router,
  { store, clock }: Engine,
  definitions: () => DefinitionSet,
  saver: RuleTableSaver | undefined,
  judge: TableJudge,
): void {
  const placeOf = (request: Request): Place => {
    const definition = definitions().all.find(({ name }) => name === idOf(request, 'definition'));
    const name = idOf(request, 'table');
    const table = definition?.rules.get(name);
    const file = `rules/${name}.json`;
    // A table of _shared is in every definition that uses it, and belongs to _shared.
    if (!definition || !table || definition.files[file] === undefined) throw notFound('rule table');
    return { definition, table, file };
  };
  const detailOf = ({ definition, table, file }: Place): RuleTableDetail => ({
    definition: definition.name,
    table: table.name,
    version: table.version,
    writable: saver !== undefined,
    feeds: feedsOf(definition, definitions()),
    content: JSON.parse(definition.files[file] ?? 'null') as unknown,
  });

  router.get('/rule-tables', (_request, response) => {
    partOf(response);
    const answer: RuleTableList = {
      tables: definitions().all.flatMap(({ name: definition, rules, files }) =>
        [...rules.values()]
          .filter(({ name }) => files[`rules/${name}.json`] !== undefined)
          .map(({ name, title, version, rowCount, hitPolicy, testCount }) => ({
            definition,
            table: name,
            title,
            version,
            rows: rowCount,
            hitPolicy,
            tests: testCount,
          })),
      ),
    };
    response.json(answer);
  });

  router.get('/rule-tables/:definition/:table', (request, response) => {
    partOf(response);
    response.json(detailOf(placeOf(request)));
  });

  router.get(
    '/rule-tables/:definition/:table/coverage',
    answering(async (request, response) => {
      const part = partOf(response);
      const { definition, table } = placeOf(request);
      demandOneIn(part, [definition.name]);
      const most = Math.max(1, wholeNumber(request, 'messages', MOST_MESSAGES) ?? 200);
      response.json(await coverageOf(store, definition, table, most));
    }),
  );

  router.post(
    '/rule-tables/:definition/:table/check',
    answering(async (request, response) => {
      const part = partOf(response);
      const { definition, table } = placeOf(request);
      demandOneIn(part, [definition.name]);
      const { content, trial } = bodyOf(request, ['content', 'trial']);
      if (content === undefined) throw invalid('content is missing');
      const given = trial === undefined ? null : (objectOf(trial, Object.keys(Object(trial)), 'trial') as Trial);
      const judgement = await judge.judge({
        content,
        now: clock.now(),
        // Judging a table evaluates its expressions: behind the gate only those that a release has brought.
        onlyVersion: saver ? null : table.version,
        events: eventChoiceOf(definition.flow),
        samples: samplesOf(definition),
        trial: given,
      });
      if (!judgement) throw conflict('rule tables change here by a release only, and others are tried out in staging');
      response.json(judgement satisfies RuleTableReport);
    }),
  );

  router.post(
    '/rule-tables/:definition/:table',
    answering(async (request, response) => {
      const part = partOf(response);
      const actor = actorOf(request);
      const place = placeOf(request);
      demandOneIn(part, [place.definition.name]);
      if (!saver) throw conflict('rule tables change here by a release only');
      const body = bodyOf(request, ['content', 'base']);
      if (body['content'] === undefined) throw invalid('content is missing');
      const savedSince = conflict('somebody has saved the table since you opened it');
      if (textIn(body, 'base') !== place.table.version) throw savedSince;
      const wrong = problemOf(body['content'], place.table.name);
      if (wrong !== null) throw conflict(wrong);
      const before = place.definition.files[place.file] ?? '';
      const text = tableText(body['content'], before);
      const names = { definition: place.definition.name, table: place.table.name };
      if (!(await saver.save(names, text, before, actor))) throw savedSince;
      response.json(detailOf(placeOf(request)));
    }),
  );
}

/** Only synthetic ones: what stands in the definition's folder. */
const samplesOf = ({ files }: Definition): (readonly [string, string])[] =>
  Object.entries(files)
    .filter(([path]) => /^samples\/.*\.hl7$/.test(path))
    .slice(0, MOST_SAMPLES)
    .map(([path, text]) => [path.slice('samples/'.length), text]);

type Trial = Readonly<Record<string, RuleValue>>;

/** Why it cannot be saved. A table that fails its tests can: what is wrong then is for the checks and for reviewers. */
function problemOf(content: unknown, name: string): string | null {
  const { table, problems } = inspectRuleTable(content);
  const [first] = problems;
  if (first) return `${first.place} ${first.what}`.trim();
  return table?.name === name ? null : 'the name of the table is the name of its file';
}
