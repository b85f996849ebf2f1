import { hash } from 'node:crypto';
import type { NodeAPI } from 'node-red';
import { openSentence, type DecisionRecord, type OpenRows, type RuleDecision } from '../../engine/index.ts';
import { serveChoices } from '../kit/choices.ts';
import { discriminator } from '../kit/discriminator.ts';
import { nodeErrors } from '../kit/errors.ts';
import { registerNode, type NodeHandle } from '../kit/register.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { ruleTable, type RuleTableProperties } from './config.ts';
import { doubtsAbout } from './doubts.ts';
import { previewOfDecision } from './preview.ts';

/** `msg.decision` as a flow sees it. */
export interface Decision {
  readonly id: string;
  readonly table: string;
  readonly version: string;
  readonly at: string;
  readonly inputs: unknown;
  readonly matched: readonly string[];
  readonly outputs: unknown;
  readonly missing: readonly string[];
  readonly deterministic: boolean;
  readonly error: string | null;
  readonly sentence: string;
}

/** `open`: what missing values leave undecided. */
interface Decided {
  readonly decision: Decision;
  readonly open: OpenRows;
}

const NOTHING_OPEN: OpenRows = { count: 0, missing: [], rows: [] };

export default function ruleTableNode(RED: NodeAPI): void {
  serveChoices(RED);
  registerNode(
    RED,
    ruleTable,
    (handle) => {
      const discriminate = discriminator(RED, handle.node, handle.config.discriminator);
      return {
        async receive(msg, send) {
          const { decision, open } = await decide(handle, msg, await discriminate(msg));
          msg['decision'] = decision;
          handle.services.note(msg, inShort(decision));
          const asked = await askedAbout(handle, msg, decision, open);
          if (asked === 'held') {
            handle.services.note(msg, 'Held for a person.');
            return handle.services.settle(msg, { kind: 'done' });
          }
          if (decision.error !== null) {
            throw nodeErrors.create('rule-error', { table: decision.table, reason: decision.error });
          }
          if (decision.outputs !== null) return send(msg);
          if (handle.config.noMatch === 'error') throw nodeErrors.create('rule-no-match', { table: decision.table });
          send([null, msg]);
        },
      };
    },
    { ofAnything: previewOfDecision },
  );
}

/** A person is asked about what the intent says they are: never a guess. One doubt at a time. */
async function askedAbout(
  handle: NodeHandle<RuleTableProperties>,
  msg: WardflowMessage,
  decision: Decision,
  open: OpenRows,
): Promise<'held' | 'go-on'> {
  const { work } = handle.workOf(msg);
  const { fallbacks } = handle.services.engine;
  const declared = fallbacks.declaredOf(work.definition);
  if (!declared) return 'go-on';
  for (const doubt of doubtsAbout(decision, declared.triggers, handle.place, open))
    if ((await fallbacks.doubt(work, doubt)) === 'held') return 'held';
  return 'go-on';
}

/** For the trace: the sentence quotes clinical values, and a trace is shown to people who may not see those. */
function inShort({ table, matched, error }: Decision): string {
  if (error !== null) return `${table}: ${error}`;
  return matched.length === 0 ? `${table}: no row matched` : `${table}: ${matched.join(', ')}`;
}

async function decide(handle: NodeHandle<RuleTableProperties>, msg: WardflowMessage, told: string): Promise<Decided> {
  const { config, services, place } = handle;
  const { context } = handle.workOf(msg);
  const definition = await services.pinnedDefinition(context);
  const table = definition.rules.get(config.table);
  if (!table) {
    throw nodeErrors.create('rule-table-unknown', { definition: definition.name, table: config.table });
  }
  const { store, clock, log } = services.engine;
  const id = hash('sha256', JSON.stringify([context.workId, place.id, told]));
  if (context.attempt > 1) {
    // What was decided before an interruption stands: effects may have followed from it. A failed decision is made anew.
    const earlier = (await store.decisions.ofMessage(context.messageId)).find(
      (record) => record.id === id || record.id.startsWith(`${id}.`),
    );
    if (earlier && earlier.error === null && earlier.version === table.version) {
      const { inputs, matched, outputs, error } = fromRecord(earlier);
      const facts = {
        inputs: inputs as RuleDecision['inputs'],
        matched,
        outputs: outputs as RuleDecision['outputs'],
        error,
      };
      return { decision: fromRecord(earlier), open: await table.openRows(facts, { now: new Date(earlier.at) }) };
    }
  }
  const now = new Date(clock.now());
  const made = await table.decideFor({ event: msg.event ?? null, message: msg.payload }, { now });
  const open = made.missing.length === 0 ? NOTHING_OPEN : await table.openRows(made, { now });
  const said = openSentence(open);
  const record: DecisionRecord = {
    id: context.attempt > 1 ? `${id}.${context.attempt}` : id,
    messageId: context.messageId,
    workId: context.workId,
    definition: context.definition,
    node: { id: place.id, name: place.name },
    ...factsOf(made),
    sentence: said === null ? made.sentence : `${made.sentence}; ${said}`,
    at: now.getTime(),
  };
  // Not waited for: what follows from it is refused where it could not be kept (store/contract/clinical.ts).
  store.decisions.record(record).catch((error: unknown) => {
    log.error('a decision could not be kept', { workId: context.workId, error });
  });
  return { decision: fromRecord(record), open };
}

function factsOf(made: RuleDecision): Pick<DecisionRecord, Exclude<keyof RuleDecision, 'at'>> {
  const { table, version, inputs, matched, outputs, missing, deterministic, error, sentence } = made;
  return { table, version, inputs, matched, outputs, missing, deterministic, error, sentence };
}

function fromRecord(record: DecisionRecord): Decision {
  const { id, table, version, inputs, matched, outputs, missing, deterministic, error, sentence } = record;
  const at = new Date(record.at).toISOString();
  return { id, table, version, at, inputs, matched, outputs, missing, deterministic, error, sentence };
}
