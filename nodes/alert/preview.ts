import { previewAlert, type AlertPreview } from '../../engine/index.ts';
import type { PreviewGiven, PreviewResult, PreviewRow } from '../../runtime/services.ts';
import { text } from '../kit/checks.ts';
import { nodeErrors } from '../kit/errors.ts';
import { oneLine } from '../kit/one-line.ts';
import { previewOfExpressions, problemOf } from '../kit/preview.ts';
import { alert } from './config.ts';
import { decisionBefore } from './decision-before.ts';

const expressions = previewOfExpressions(alert);
const FIELD = 'policy';

/** Which tier the policy, as it was deployed, would choose for the sample, and what each of its channels would say. */
export async function previewOfAlert(given: PreviewGiven): Promise<PreviewResult> {
  const more = (await expressions?.(given))?.rows ?? [];
  return { rows: [...(await judged(given)), ...more] };
}

async function judged(given: PreviewGiven): Promise<readonly PreviewRow[]> {
  const { config, definition, msg, now } = given;
  const name = text(config['policy']).trim();
  if (name === '') return [];
  const policy = definition?.alerts.get(name);
  if (!policy) {
    const unknown = nodeErrors.create('alert-policy-unknown', {
      definition: definition?.name ?? 'this tab',
      policy: name,
    });
    return [{ field: FIELD, problem: problemOf(unknown) }];
  }
  const decision = await decisionBefore(given, text(config['alert']));
  const input = { event: msg.event ?? null, message: msg.payload, decision };
  const found = await previewAlert(policy, input, { title: await titleOf(given), now });
  return [
    { field: FIELD, label: 'what happens', value: sentence(found) },
    { field: FIELD, label: 'grouped by', value: groupOf(found) },
    ...found.tellings.map(({ channel, text: says, link }, i) => ({
      field: FIELD,
      label: `${i === 0 ? saysBy(found) : 'or, where that fails, by'} ${channel}`,
      value: link === null ? says : `${says} ${link}`,
    })),
    ...(found.troubles.length === 0
      ? []
      : [
          {
            field: FIELD,
            label: 'not asked',
            problem: {
              title: `These places of the policy cannot be asked of this message: ${found.troubles.join(', ')}.`,
              remedy: 'A tier that cannot be asked counts as meant; mend the expression.',
            },
          },
        ]),
  ];
}

/** As the node does: a title that cannot be made is the alert's name. */
async function titleOf(given: PreviewGiven): Promise<string> {
  const { config } = given;
  const [title, kind] = [text(config['title']), config['titleKind']];
  const name = text(config['alert']);
  if (title === '') return name;
  try {
    const made = await given.value(title, kind === 'msg' || kind === 'jsonata' ? kind : 'str');
    return oneLine(made ?? '') || name;
  } catch {
    return name;
  }
}

function sentence({ verdict, suppressed }: AlertPreview): string {
  switch (verdict.kind) {
    case 'raise':
      return `Tier ${verdict.tier}: ${verdict.to} is told, unless one of this group is open or cooling down.`;
    case 'suppressed':
      return `Tier ${verdict.tier}, but nobody is told until ${suppressed?.until ?? ''}: ${suppressed?.reason ?? ''}`;
    case 'resolve':
      return 'The open alert of this group is over (resolveOn).';
    case 'nothing':
      return 'Nobody is told: no tier is meant.';
    default:
      return verdict satisfies never;
  }
}

const saysBy = ({ verdict }: AlertPreview): string => (verdict.kind === 'suppressed' ? 'would say by' : 'says by');

function groupOf({ group, coolDownMs }: AlertPreview): string {
  const minutes = Math.round(coolDownMs / 60_000);
  if (group.some((one) => one === null)) return 'a value is missing: each message is a group of its own';
  return `${group.join(' + ')}, told once in ${minutes} min`;
}
