import type { NodeAPI } from 'node-red';
import { registerNode } from '../kit/register.ts';
import { messageDone } from './config.ts';

export default function messageDoneNode(RED: NodeAPI): void {
  registerNode(RED, messageDone, ({ services, workOf }) => ({
    receive(msg) {
      workOf(msg);
      services.settle(msg, { kind: 'done' });
    },
  }));
}
