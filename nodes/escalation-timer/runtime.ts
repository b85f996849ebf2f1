/**
 * `start` begins an escalation and is also the source of its later steps: each step and the end arrive as a child item
 * of their own, long after the message that started it was done. `find` says what another message has started about the
 * same fact. `acknowledge` and `cancel` end one from within a flow.
 */
import type { NodeAPI } from 'node-red';
import { serveChoices } from '../kit/choices.ts';
import type { NodeHandle } from '../kit/register.ts';
import { registerNode } from '../kit/register.ts';
import { escalationTimer, type EscalationTimerProperties } from './config.ts';
import { ending } from './end.ts';
import { finding } from './find.ts';
import { starting } from './start.ts';
import { steps } from './steps.ts';

export default function escalationTimerNode(RED: NodeAPI): void {
  serveChoices(RED);
  registerNode(RED, escalationTimer, (handle: NodeHandle<EscalationTimerProperties>) => {
    switch (handle.config.mode) {
      case 'start':
        return { receive: starting(handle), close: steps(handle) };
      case 'find':
        return { receive: finding(handle) };
      case 'acknowledge':
      case 'cancel':
        return { receive: ending(handle, handle.config.mode) };
      default:
        return handle.config.mode satisfies never;
    }
  });
}
