import type { NodeAPI } from 'node-red';
import { eventSchema } from '../../engine/index.ts';
import { nodeErrors } from '../kit/errors.ts';
import { definitionName, registerNode } from '../kit/register.ts';
import { refuseSharedName, SOURCES } from '../kit/unique-name.ts';
import { httpEventIn } from './config.ts';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;

/** `msg.http` of an event. */
export interface HttpEventReceived {
  /** What it is known by; a repeat has the same. */
  readonly id: string | null;
}

export default function httpEventInNode(RED: NodeAPI): void {
  registerNode(RED, httpEventIn, (handle) => {
    const { node, config, services, status } = handle;
    const { httpEvents } = services.engine;
    const name = config.feed.trim();
    const definition = definitionName(handle);
    refuseSharedName(RED, node, SOURCES, name);
    services.registerEventFeed(node.id, {
      name,
      format: 'json',
      lane: config.lane,
      afterDead: config.afterDead,
      resendWindowMs: config.resendWindowDays * DAY,
      place: () => ({ ...httpEvents.place(name), connections: 0 }),
    });
    services.registerHttpFeed(node.id, {
      name,
      schema: schemaOf(config.schema, node.name || node.type),
      idAt: config.idAt.trim(),
      typeAt: config.typeAt.trim(),
      orderingAt: config.orderingAt.trim(),
      patientAt: config.patientAt.trim(),
      maxBytes: config.maxKilobytes * 1024,
    });
    services.registerSource({
      nodeId: node.id,
      id: `${definition}/${name}`,
      definition,
      capacity: config.capacity,
      leaseMs: config.deadlineSeconds * SECOND,
      subscription: { feed: name, filter: { types: [], senders: [] } },
      emit(work, context) {
        const { bytes, controlId } = work.message;
        const payload: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
        const http: HttpEventReceived = { id: controlId };
        node.send({ topic: name, payload, event: null, http, wardflow: context });
        return Promise.resolve();
      },
    });
    status.ready(name);
    return { close: () => services.unregister(node.id) };
  });
}

function schemaOf(text: string, node: string): object | null {
  try {
    return eventSchema(text)?.schema ?? null;
  } catch (error) {
    throw nodeErrors.create('schema-wrong', {
      node,
      reason: error instanceof Error ? error.message.slice(0, 200) : 'unknown',
    });
  }
}
