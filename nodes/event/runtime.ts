import type { NodeAPI } from 'node-red';
import type { ValuePreview } from '../../runtime/services.ts';
import { registerNode } from '../kit/register.ts';
import { event, eventOutputs, type EventProperties } from './config.ts';
import { routeOf } from './route.ts';

export default function eventNode(RED: NodeAPI): void {
  registerNode(
    RED,
    event,
    ({ config, services, workOf }) => ({
      receive(msg, send) {
        workOf(msg);
        const { output, why } = routeOf(msg.event, config);
        services.note(msg, why);
        send(Array.from({ length: eventOutputs(config) }, (_, at) => (at === output ? msg : null)));
      },
    }),
    { ofAnything: preview },
  );
}

/** What is in the form may be half typed: a list that is none counts as empty. */
const preview: ValuePreview = ({ config, msg }) => {
  const list = (name: string): readonly string[] => {
    const value = config[name];
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  };
  const settings = {
    ...(config as unknown as EventProperties),
    routes: list('routes'),
    classes: list('classes'),
    units: list('units'),
  };
  const { output, why } = routeOf(msg.event, settings);
  const otherwise = Math.max(1, settings.routes.length);
  const route = settings.routes[output] ?? 'every event';
  const way = output === otherwise ? `everything else. ${why}` : route;
  const name = (msg.event as { readonly name?: unknown } | null)?.name;
  return {
    rows: [
      { field: 'routes', label: 'this message', value: name ?? 'no event' },
      { field: 'routes', label: 'leaves by output', value: `${output + 1}: ${way}` },
    ],
  };
};
