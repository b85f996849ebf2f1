import type { NodeAPI } from 'node-red';
import type { Lane } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { endpointName, endpointOf } from '../kit/fhir.ts';
import { registerNode, type NodeHandle } from '../kit/register.ts';
import { sayUnbound } from '../kit/say-unbound.ts';
import { asking } from './ask.ts';
import { fhirRead, type FhirReadProperties } from './config.ts';

export default function fhirReadNode(RED: NodeAPI): void {
  registerNode(RED, fhirRead, (handle) => {
    const { config, services, place } = handle;
    const name = endpointName(handle, config.endpoint);
    sayUnbound(handle, () => services.engine.endpoints.get(name));
    const ask = asking(handle);
    return {
      async receive(msg, send) {
        const { work } = handle.workOf(msg);
        const server = endpointOf(handle, name, laneOf(handle, msg));
        const { found, isThere, note, count } = await services.engine.dispatcher.holdLease(work, ask(msg, server));
        services.noteRead(msg, { endpoint: name, type: config.resourceType.trim(), count });
        if (!isThere && config.notFound === 'error') {
          const code = found.status === 410 ? 'fhir-deleted' : 'fhir-nothing-found';
          throw nodeErrors.create(code, { node: place.name, type: config.resourceType });
        }
        msg['fhir'] = found;
        services.note(msg, note);
        send(!isThere && config.notFound === 'output' ? [null, msg] : msg);
      },
    };
  });
}

/** Read without work behind it (a button in the editor), it is in nobody's hurry. */
const laneOf = ({ services }: NodeHandle<FhirReadProperties>, msg: WardflowMessage): Lane =>
  services.workOf(msg.wardflow)?.lane ?? 'routine';
