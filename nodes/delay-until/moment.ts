import type { WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression } from '../kit/expression.ts';
import { afterDuration, moment } from '../kit/point-in-time.ts';
import type { NodeHandle } from '../kit/register.ts';
import type { DelayUntilProperties } from './config.ts';

const DAY_MS = 86_400_000;
/** Longer than any follow-up that one message sets off; keeps a wrong unit from parking it for ever. */
const FARTHEST_DAYS = 400;

/** When the message goes on, epoch milliseconds; a moment that has passed is taken as it is. */
export function momentOf(handle: NodeHandle<DelayUntilProperties>): (msg: WardflowMessage) => Promise<number> {
  const { RED, node, config, services, place } = handle;
  const written = expression(RED, node, 'time', config.time, config.timeKind);
  const details = { field: 'time', node: place.name };
  return async (msg) => {
    const value = await written.evaluate(msg);
    const now = services.engine.clock.now();
    const at = config.mode === 'for' ? afterDuration(now, value) : moment(value);
    if (at === undefined) {
      const expected = config.mode === 'for' ? 'duration' : 'time with its zone';
      throw nodeErrors.create('time-wrong', { ...details, expected });
    }
    if (at - now > FARTHEST_DAYS * DAY_MS)
      throw nodeErrors.create('time-too-far', { ...details, limit: FARTHEST_DAYS });
    return at;
  };
}
