import type { NodeAPI } from 'node-red';
import type { AuditEntry } from '../../engine/index.ts';
import { expression, namedExpressions } from '../kit/expression.ts';
import { oneLine } from '../kit/one-line.ts';
import { registerNode } from '../kit/register.ts';
import { auditLog } from './config.ts';

export default function auditLogNode(RED: NodeAPI): void {
  registerNode(RED, auditLog, ({ node, config, services, workOf }) => {
    const text = expression(RED, node, 'text', config.text, config.textKind);
    const details = namedExpressions(RED, node, 'details', config.details);
    return {
      async receive(msg, send) {
        const { context } = workOf(msg);
        const facts = Object.entries(await details(msg)).map(([name, value]) => [name, fact(value)] as const);
        const entry: AuditEntry = {
          at: services.engine.clock.now(),
          type: 'flow.noted',
          actor: `flow:${context.definition}`,
          messageId: context.messageId,
          workId: context.workId,
          definition: context.definition,
          version: context.definitionVersion,
          details: {
            ...Object.fromEntries(facts),
            text: oneLine(await text.string(msg)),
            // A redelivery says so in its own line: the trail is of what happened, each time it happened.
            ...(context.attempt > 1 ? { attempt: context.attempt } : {}),
          },
        };
        await services.engine.store.audit.append([entry]);
        if (config.finish) services.settle(msg, { kind: 'done' });
        else send(msg);
      },
    };
  });
}

function fact(value: unknown): string | number | boolean {
  return typeof value === 'number' || typeof value === 'boolean' ? value : oneLine(value);
}
