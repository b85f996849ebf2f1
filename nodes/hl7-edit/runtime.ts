import type { NodeAPI } from 'node-red';
import { Hl7Message } from '../../engine/index.ts';
import { nodeErrors } from '../kit/errors.ts';
import { editedNote } from '../kit/hl7-steps/note.ts';
import { stepRunner } from '../kit/hl7-steps/run.ts';
import { registerNode } from '../kit/register.ts';
import { hl7Edit } from './config.ts';
import { previewOfEdit } from './preview.ts';

export default function hl7EditNode(RED: NodeAPI): void {
  registerNode(
    RED,
    hl7Edit,
    (handle) => {
      const { config, services, place, workOf } = handle;
      const run = stepRunner(handle, config.steps);
      return {
        async receive(msg, send) {
          workOf(msg);
          if (!(msg.payload instanceof Hl7Message)) throw nodeErrors.create('hl7-payload', { node: place.name });
          const { message, done } = await run(msg, msg.payload, { ifMissing: config.ifMissing });
          msg.payload = message;
          services.note(msg, editedNote(done));
          send(msg);
        },
      };
    },
    previewOfEdit,
  );
}
