import type { AnyGiven, PreviewResult, PreviewRow } from '../../runtime/services.ts';
import { text } from '../kit/checks.ts';
import { nodeErrors } from '../kit/errors.ts';
import { previewOfExpressions, problemOf } from '../kit/preview.ts';
import { ruleTable } from './config.ts';

const expressions = previewOfExpressions(ruleTable);

/** What the table, as it was deployed, decides of the sample: its inputs, and what comes out. */
export async function previewOfDecision(given: AnyGiven): Promise<PreviewResult> {
  const more = (await expressions?.(given))?.rows ?? [];
  return { rows: [...(await decision(given)), ...more] };
}

async function decision({ config, definition, msg, now }: AnyGiven): Promise<readonly PreviewRow[]> {
  const name = text(config['table']);
  const field = 'table';
  if (name === '') return [];
  const table = definition?.rules.get(name);
  if (!table) {
    const unknown = nodeErrors.create('rule-table-unknown', {
      definition: definition?.name ?? 'this tab',
      table: name,
    });
    return [{ field, problem: problemOf(unknown) }];
  }
  const { inputs, outputs, sentence, error } = await table.decideFor(
    { event: msg.event ?? null, message: msg.payload },
    { now },
  );
  return [
    { field, label: 'inputs', value: inputs },
    error === null
      ? { field, label: 'outputs', value: outputs }
      : {
          field,
          label: 'outputs',
          problem: { title: `The table cannot decide: ${error}.`, remedy: 'Look at its rows.' },
        },
    { field, label: 'in words', value: sentence },
  ];
}
