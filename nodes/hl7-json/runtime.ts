import type { NodeAPI } from 'node-red';
import { registerNode } from '../kit/register.ts';
import { hl7Json } from './config.ts';
import { previewOfJson } from './preview.ts';
import { converted } from './convert.ts';

export default function hl7JsonNode(RED: NodeAPI): void {
  registerNode(
    RED,
    hl7Json,
    ({ config, place, workOf }) => ({
      receive(msg, send) {
        workOf(msg);
        msg.payload = converted(msg.payload, config.direction, place.name);
        send(msg);
      },
    }),
    previewOfJson,
  );
}
