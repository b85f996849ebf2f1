/**
 * Work that goes on by itself after the item it came from (`queue out`, `delay until`): a child item that begins in the
 * same commit as the item's end, keyed like an effect, so that a redelivery finds the same child.
 */
import type { ClaimedWork, Lane, NewWork } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { carried } from './carry.ts';
import { nodeErrors } from './errors.ts';
import { partOf, type Part } from './part.ts';
import { definitionName, type NodeHandle } from './register.ts';
import { sha256 } from './sha256.ts';

/** What such an item holds. */
export interface StageData {
  readonly carry: Readonly<Record<string, unknown>>;
  /** How many stages lie before it. */
  readonly stage: number;
  /** It goes on with one part of the batch. */
  readonly part?: Part;
  /** It comes of a dead letter: its own death is not told to `dead letter in` again. */
  readonly ofDeadLetter?: true;
}

export interface NextStage {
  /** Name of the source in this definition that takes it up. */
  readonly name: string;
  readonly discriminator: string;
  readonly carry: readonly string[];
  readonly kind: 'queue' | 'park';
  readonly lane?: Lane;
  readonly orderingKey?: string | null;
  readonly afterDead?: 'hold' | 'continue';
  /** Begins its key: what is woken by something is found by that. */
  readonly under?: string;
  /** For `park`: when it goes on by itself. */
  readonly notBefore?: number;
  /** More for the source, beside what is carried. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A flow that feeds itself must end some time; an honest one that asks again every hour gets eight days. */
const MOST_STAGES = 200;

/** Hands the next stage to the end of the message's item. The branch still has to be settled. */
export function continueLater(handle: NodeHandle<unknown>, msg: WardflowMessage, next: NextStage): void {
  const { services, place } = handle;
  const { context, work } = handle.workOf(msg);
  const before = work.child?.data as Partial<StageData> | null | undefined;
  const stage = (typeof before?.stage === 'number' ? before.stage : 0) + 1;
  if (stage > MOST_STAGES) throw nodeErrors.create('too-many-stages', { node: place.name, limit: MOST_STAGES });
  const part = partOf(msg);
  const definition = definitionName(handle);
  const subscription = `${definition}/${next.name}`;
  const data: StageData = {
    ...next.more,
    carry: carried(next.carry, msg, place),
    stage,
    ...(part && { part }),
    ...(before?.ofDeadLetter === true && { ofDeadLetter: true }),
  };
  const child: NewWork = {
    id: services.engine.ids.next(),
    messageId: context.messageId,
    subscription,
    definition,
    lane: next.lane ?? work.lane,
    orderingKey: next.orderingKey ?? null,
    afterDead: next.afterDead ?? 'continue',
    correlationId: work.correlationId,
    traceparent: work.traceparent,
    createdAt: services.engine.clock.now(),
    child: {
      parentWorkId: work.id,
      key: `${next.under ?? ''}${keyOf(work, subscription, next.discriminator)}`,
      kind: next.kind,
      data,
      ...(next.kind === 'park' && { state: 'parked' }),
      ...(next.notBefore !== undefined && { notBefore: next.notBefore }),
    },
  };
  services.addChild(msg, child);
}

/**
 * The item it comes from is named by what stays the same when that one is made again: its own key, or its subscription.
 * Two steps of one escalation, or two rounds of a loop, are different items and give different children.
 */
function keyOf(work: ClaimedWork, subscription: string, discriminator: string): string {
  const from = work.child?.key ?? work.subscription;
  return `stage/${sha256(JSON.stringify([work.messageId, from, subscription, discriminator.toWellFormed()]))}`;
}
