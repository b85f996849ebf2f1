/**
 * Takes a message in and parks it as a child item; is the source of what goes on when the time has come. In between nothing
 * is held in memory, no lease runs, and nothing of the patient's other work waits.
 */
import type { NodeAPI } from 'node-red';
import type { ClaimedWork } from '../../engine/index.ts';
import type { MessageContext, WardflowMessage } from '../../runtime/services.ts';
import { restored } from '../kit/carry.ts';
import { continueLater } from '../kit/child-work.ts';
import { discriminator } from '../kit/discriminator.ts';
import { payloadOrNull } from '../kit/payload.ts';
import { registerNode } from '../kit/register.ts';
import { registerSource } from '../kit/source.ts';
import { DELAY_LEASE_MS, delayUntil } from './config.ts';
import { momentOf } from './moment.ts';

interface ParkedData {
  readonly parkedAt?: number;
  readonly until?: number;
}

export default function delayUntilNode(RED: NodeAPI): void {
  registerNode(RED, delayUntil, (handle) => {
    const { node, config, services } = handle;
    const { clock } = services.engine;
    const wait = config.wait.trim();
    const discriminate = discriminator(RED, node, config.discriminator);
    const until = momentOf(handle);
    const message = (work: ClaimedWork, context: MessageContext): WardflowMessage => ({
      topic: wait,
      event: null,
      ...restored(work.child?.data),
      payload: payloadOrNull(handle, work),
      wardflow: context,
      delay: delayOf(wait, work.child?.data as ParkedData | null | undefined, clock.now()),
    });
    const source = registerSource(handle, { name: wait, capacity: config.capacity, leaseMs: DELAY_LEASE_MS, message });
    return {
      ...source,
      async receive(msg) {
        const at = await until(msg);
        continueLater(handle, msg, {
          name: wait,
          kind: 'park',
          carry: config.carry,
          discriminator: await discriminate(msg),
          notBefore: at,
          more: { parkedAt: clock.now(), until: at },
        });
        services.note(msg, `Parked until ${iso(at)}.`);
        services.settle(msg, { kind: 'done' });
      },
    };
  });
}

/** `early`: a person let it go on before its time. */
function delayOf(name: string, data: ParkedData | null | undefined, now: number): object {
  const { parkedAt = now, until = now } = data ?? {};
  return { name, since: iso(parkedAt), until: iso(until), early: now < until };
}

const iso = (at: number): string => new Date(at).toISOString();
