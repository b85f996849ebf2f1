/** A line to the people at the console, as an effect: recorded, and sent again rather than lost. */
import { tellConsole, type EffectResult, type NoticeRequest } from '../../engine/index.ts';
import type { NodeServices } from '../../runtime/services.ts';

export function notify({ engine }: NodeServices, request: NoticeRequest): Promise<EffectResult> {
  return tellConsole(engine, request);
}
