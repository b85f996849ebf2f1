import { writeHl7Time, type Hl7Message } from '../../engine/index.ts';
import type { PreviewGiven, PreviewResult, PreviewRow } from '../../runtime/services.ts';
import { text } from '../kit/checks.ts';
import { previewSteps } from '../kit/hl7-steps/preview.ts';
import { problemOf } from '../kit/preview.ts';
import { hl7Build, type Hl7BuildProperties } from './config.ts';
import { begun, timeOf, withCharset } from './header.ts';

/** In the place of the control id that is made of the received message's. */
const CONTROL_ID = 'PREVIEW';

/** The message that is built of the sample, with its header and all steps that can be done. */
export async function previewOfBuild(given: PreviewGiven): Promise<PreviewResult> {
  const config = textsOf(given.config);
  const rows: PreviewRow[] = [];
  const valueOf = async (field: 'time' | 'controlId' | 'json'): Promise<unknown> => {
    if (text(config[field]) === '' || (field === 'json' && config.from !== 'json')) return undefined;
    try {
      return await given.value(config[field], 'jsonata');
    } catch (error) {
      rows.push({ field, problem: problemOf(error) });
      return undefined;
    }
  };
  const [time, controlId, json] = [await valueOf('time'), await valueOf('controlId'), await valueOf('json')];
  let message: Hl7Message;
  try {
    message = begun(config, {
      time: time === undefined ? writeHl7Time(given.now.getTime()) : timeOf(time, ''),
      controlId: typeof controlId === 'string' || typeof controlId === 'number' ? String(controlId) : CONTROL_ID,
      ...(typeof json === 'object' && json !== null && { json }),
    });
  } catch (error) {
    return { rows: [...rows, { field: 'messageType', problem: problemOf(error) }] };
  }
  const { payload } = given.msg;
  const built = await previewSteps(given, message, { ifMissing: 'add', payload, copyFrom: payload });
  return { rows: [...rows, ...built.rows], after: withCharset(built.after), made: true };
}

/** Nothing but texts where texts belong, whoever sent them. */
function textsOf(config: PreviewGiven['config']): Hl7BuildProperties {
  const texts = Object.entries(hl7Build.properties).map(([name, { value }]: [string, { readonly value: unknown }]) => {
    const given = config[name];
    return [name, typeof value === 'string' && typeof given !== 'string' ? value : given];
  });
  return Object.fromEntries(texts) as Hl7BuildProperties;
}
