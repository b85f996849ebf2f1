import type { Hl7Message } from '../../engine/index.ts';
import type { PreviewGiven, PreviewResult, PreviewRow } from '../../runtime/services.ts';
import { text } from '../kit/checks.ts';
import { previewOfExpressions, problemOf } from '../kit/preview.ts';
import { hl7Out } from './config.ts';
import { messageFrom, withControlId } from './message.ts';

const ofExpressions = previewOfExpressions(hl7Out);
/** In the place of what the control id is made of. */
const KEY = 'preview';

/** The message as it would leave; what is not shown as one, such as an object of the flow, as every expression is. */
export async function previewOfOut(given: PreviewGiven): Promise<PreviewResult> {
  const { config } = given;
  const others = await ofExpressions?.({ ...given, config: { ...config, message: '' } });
  const rows = others?.rows ?? [];
  const problem = (error: unknown): PreviewResult => ({
    rows: [{ field: 'message', problem: problemOf(error) }, ...rows],
  });
  const source = text(config['message']).trim();
  if (source === '') return { rows };
  let value: unknown = given.msg.payload;
  try {
    if (config['messageKind'] === 'jsonata' || source !== 'payload')
      value = await given.value(source, config['messageKind'] === 'jsonata' ? 'jsonata' : 'msg');
  } catch (error) {
    return problem(error);
  }
  let message: Hl7Message | undefined;
  try {
    message = messageFrom(value);
  } catch (error) {
    return problem(error);
  }
  if (!message) return { rows: [{ field: 'message', value } satisfies PreviewRow, ...rows] };
  const after = config['controlId'] === 'new' ? withControlId(message, KEY, given.now.getTime()) : message;
  return { rows, after, made: true };
}
