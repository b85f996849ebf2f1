import type { NodeAPI } from 'node-red';
import { discriminator as discriminatorOf } from '../kit/discriminator.ts';
import { expression } from '../kit/expression.ts';
import { errorOf } from '../kit/failure.ts';
import { notify } from '../kit/notice.ts';
import { oneLine } from '../kit/one-line.ts';
import { noteRestated } from '../kit/restated.ts';
import { registerNode } from '../kit/register.ts';
import { EFFECTS, refuseSharedName } from '../kit/unique-name.ts';
import { consoleNotice } from './config.ts';

export default function consoleNoticeNode(RED: NodeAPI): void {
  registerNode(RED, consoleNotice, ({ node, config, services, workOf }) => {
    refuseSharedName(RED, node, EFFECTS, config.effect.trim());
    const to = expression(RED, node, 'to', config.to, config.toKind);
    const text = expression(RED, node, 'text', config.text, config.textKind);
    const discriminate = discriminatorOf(RED, node, config.discriminator);
    return {
      async receive(msg, send) {
        const { context, work } = workOf(msg);
        const discriminator = await discriminate(msg);
        await noteRestated(services, msg, context.messageId, discriminator);
        const result = await notify(services, {
          work,
          name: config.effect.trim(),
          discriminator,
          escalationId: null,
          messageId: context.messageId,
          lane: config.lane || context.lane,
          to: oneLine(await to.string(msg)),
          text: oneLine(await text.string(msg)),
        });
        if (result.kind === 'failed') throw errorOf(result.failure);
        if (config.finish) services.settle(msg, { kind: 'done' });
        else send(msg);
      },
    };
  });
}
