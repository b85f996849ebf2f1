/** A line to the people at the console, as an effect: recorded, and sent again rather than lost. */
import type { ConsoleNotice, EffectResult, EffectSpec } from '../../engine/index.ts';
import type { NodeServices } from '../../runtime/services.ts';

export interface NoticeRequest extends Pick<EffectSpec, 'work' | 'name' | 'discriminator'> {
  readonly escalationId: string | null;
  readonly messageId: string;
  readonly lane: string;
  readonly to: string;
  readonly text: string;
}

/** Target of every notice: whoever lists notices finds them by it; the effect's result is the `ConsoleNotice`. */
export const NOTICE_TARGET = 'console: notice';

export function notify({ engine }: NodeServices, request: NoticeRequest): Promise<EffectResult> {
  const { work, name, discriminator, ...content } = request;
  const spec: EffectSpec = {
    work,
    name,
    discriminator,
    target: NOTICE_TARGET,
    version: '1',
    onAmbiguous: 'send-again',
  };
  return engine.effects.once(spec, (effect) => {
    const notice: ConsoleNotice = { id: effect.key, at: engine.clock.now(), ...content };
    engine.live.publish({ kind: 'notice', notice });
    return Promise.resolve({ kind: 'done', result: notice, summary: `${content.to} told at the console` });
  });
}
