import type { NodeAPI } from 'node-red';
import { Hl7Message, writeHl7Time } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { discriminator as discriminatorOf } from '../kit/discriminator.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression } from '../kit/expression.ts';
import { stepRunner } from '../kit/hl7-steps/run.ts';
import { textOf as shown } from '../kit/one-line.ts';
import { registerNode, type NodeHandle } from '../kit/register.ts';
import { BUILDS, refuseSharedName } from '../kit/unique-name.ts';
import { hl7Build, type Hl7BuildProperties } from './config.ts';
import { previewOfBuild } from './preview.ts';
import { begun, controlIdOf, timeOf, withCharset } from './header.ts';

export default function hl7BuildNode(RED: NodeAPI): void {
  registerNode(
    RED,
    hl7Build,
    (handle) => {
      const { config, services, node, workOf } = handle;
      const name = config.message.trim();
      refuseSharedName(RED, node, BUILDS, name);
      const run = stepRunner(handle, config.steps);
      const discriminate = discriminatorOf(RED, node, config.discriminator);
      const json = jsonOf(handle);
      const time = textOf(handle, 'time', config.time);
      const controlId = textOf(handle, 'controlId', config.controlId);
      return {
        async receive(msg, send) {
          const { context, work } = workOf(msg);
          const told = await discriminate(msg);
          const message = begun(config, {
            time: time ? timeOf(await time(msg), handle.place.name) : writeHl7Time(work.message.receivedAt),
            controlId: controlId
              ? String(await controlId(msg))
              : controlIdOf(context.messageId, context.definition, name, told),
            json: await json(msg),
          });
          const given = msg.payload;
          const built = await run(msg, message, {
            ifMissing: 'add',
            payload: given ?? null,
            ...(given instanceof Hl7Message && { copyFrom: given }),
          });
          const whole = withCharset(built.message);
          msg.payload = whole;
          services.note(msg, `Built a message of ${[...whole.segments()].length} segments.`);
          send(msg);
        },
      };
    },
    previewOfBuild,
  );
}

type Given = (msg: WardflowMessage) => Promise<unknown>;

function jsonOf({ RED, node, config, place }: NodeHandle<Hl7BuildProperties>): Given {
  if (config.from === 'nothing') return () => Promise.resolve(undefined);
  const written = expression(RED, node, 'json', config.json, 'jsonata');
  return async (msg) => {
    const value = await written.evaluate(msg);
    if (typeof value === 'object' && value !== null) return value;
    throw nodeErrors.create('hl7-payload-json', { node: place.name });
  };
}

/** A number or a text that is there; `undefined`: nothing is written in the form. */
function textOf(
  { RED, node, place }: NodeHandle<unknown>,
  field: 'time' | 'controlId',
  source: string,
): Given | undefined {
  if (source.trim() === '') return undefined;
  const written = expression(RED, node, field, source, 'jsonata');
  const details = { field, node: place.name };
  return async (msg) => {
    const value = await written.evaluate(msg);
    if (value === undefined || value === null || value === '') throw nodeErrors.create('expression-empty', details);
    if (typeof value === 'object') throw nodeErrors.create('expression-kind', { ...details, expected: 'text' });
    if (shown(value).length > LONGEST) throw nodeErrors.create('value-too-large', { ...details, limit: LONGEST });
    return value;
  };
}

/** MSH-10 has 199 characters at most (version 2.7.1). */
const LONGEST = 199;
