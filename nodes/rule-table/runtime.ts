import { hash } from 'node:crypto';
import type { NodeAPI } from 'node-red';
import type { DecisionRecord, RuleDecision } from '../../engine/index.ts';
import { serveChoices } from '../kit/choices.ts';
import { discriminator } from '../kit/discriminator.ts';
import { nodeErrors } from '../kit/errors.ts';
import { registerNode, type NodeHandle } from '../kit/register.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { ruleTable, type RuleTableProperties } from './config.ts';
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

export default function ruleTableNode(RED: NodeAPI): void {
  serveChoices(RED);
  registerNode(
    RED,
    ruleTable,
    (handle) => {
      const discriminate = discriminator(RED, handle.node, handle.config.discriminator);
      return {
        async receive(msg, send) {
          const decision = await decide(handle, msg, await discriminate(msg));
          msg['decision'] = decision;
          handle.services.note(msg, inShort(decision));
          if (decision.error !== null) {
            throw nodeErrors.create('rule-error', { table: decision.table, reason: decision.error });
          }
          if (decision.outputs !== null) return send(msg);
          if (handle.config.noMatch === 'error') throw nodeErrors.create('rule-no-match', { table: decision.table });
          send([null, msg]);
        },
      };
    },
    previewOfDecision,
  );
}

/** For the trace: the sentence quotes clinical values, and a trace is shown to people who may not see those. */
function inShort({ table, matched, error }: Decision): string {
  if (error !== null) return `${table}: ${error}`;
  return matched.length === 0 ? `${table}: no row matched` : `${table}: ${matched.join(', ')}`;
}

async function decide(handle: NodeHandle<RuleTableProperties>, msg: WardflowMessage, told: string): Promise<Decision> {
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
    if (earlier && earlier.error === null && earlier.version === table.version) return fromRecord(earlier);
  }
  const now = new Date(clock.now());
  const made = await table.decideFor({ event: msg.event ?? null, message: msg.payload }, { now });
  const record: DecisionRecord = {
    id: context.attempt > 1 ? `${id}.${context.attempt}` : id,
    messageId: context.messageId,
    workId: context.workId,
    definition: context.definition,
    node: { id: place.id, name: place.name },
    ...factsOf(made),
    at: now.getTime(),
  };
  // Not waited for: what follows from it is refused where it could not be kept (store/contract/clinical.ts).
  store.decisions.record(record).catch((error: unknown) => {
    log.error('a decision could not be kept', { workId: context.workId, error });
  });
  return fromRecord(record);
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
