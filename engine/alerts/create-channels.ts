import type { Clock } from '../base/clock.ts';
import type { ChannelBinding } from '../config/channels.ts';
import type { FhirEndpoints } from '../fhir/endpoint.ts';
import type { Hl7Endpoints } from '../mllp/endpoint.ts';
import type { AlertChannel } from './channel.ts';
import { emailChannel } from './email-channel.ts';
import { fhirChannel } from './fhir-channel.ts';
import { hl7Channel } from './hl7-channel.ts';
import { webhookChannel } from './webhook-channel.ts';

export interface ChannelsOptions {
  readonly bindings: Readonly<Record<string, ChannelBinding>>;
  /** Data folder of the environment. */
  readonly folder: string;
  readonly clock: Clock;
  readonly endpoints: FhirEndpoints;
  readonly hl7Endpoints: Hl7Endpoints;
}

/** All that bindings.json names; the console is not among them: deliver.ts tells it itself. */
export function createChannels(options: ChannelsOptions): ReadonlyMap<string, AlertChannel> {
  return new Map(Object.entries(options.bindings).map(([name, binding]) => [name, channelOf(name, binding, options)]));
}

function channelOf(
  name: string,
  binding: ChannelBinding,
  { folder, clock, endpoints, hl7Endpoints }: ChannelsOptions,
): AlertChannel {
  switch (binding.kind) {
    case 'email':
      return emailChannel(name, binding, folder);
    case 'webhook':
      return webhookChannel(name, binding, folder, clock);
    case 'fhir':
      return fhirChannel(name, binding, endpoints);
    case 'hl7':
      return hl7Channel(name, binding, hl7Endpoints);
    default:
      return binding satisfies never;
  }
}
