/** A Communication (FHIR R4) on an endpoint; a repeat finds the one that is there by its identifier. */
import { WardflowError } from '../base/errors.ts';
import type { FhirChannelBinding } from '../config/channels.ts';
import { EFFECT_IDENTIFIER_SYSTEM } from '../effects/once.ts';
import type { FhirEndpoints } from '../fhir/endpoint.ts';
import { failureOf } from '../queue/failure.ts';
import type { AlertChannel } from './channel.ts';
import { alertErrors } from './errors.ts';
import { addressesOf } from './recipients.ts';

export function fhirChannel(name: string, binding: FhirChannelBinding, endpoints: FhirEndpoints): AlertChannel {
  return {
    name,
    async send(message) {
      const { key, text, link, at, to, kind, repeat } = message;
      const addresses = addressesOf(binding.recipients, message);
      if (addresses.length === 0) {
        const failure = failureOf(alertErrors.create('channel-without-address', { channel: name, to }));
        return { ok: false, failure };
      }
      try {
        const written = await endpoints.get(binding.endpoint, 'stat').createOnce(
          {
            resourceType: 'Communication',
            status: 'completed',
            category: [{ coding: [{ system: CATEGORY, code: 'alert' }] }],
            priority: kind === 'started' ? 'urgent' : 'routine',
            recipient: addresses.map((reference) => ({ reference })),
            sent: new Date(at).toISOString(),
            payload: [{ contentString: text }, { contentString: link }],
          },
          { system: EFFECT_IDENTIFIER_SYSTEM, value: key },
          { lookFirst: repeat },
        );
        return written.ok ? { ok: true, state: 'delivered' } : written;
      } catch (error) {
        if (error instanceof WardflowError) return { ok: false, failure: failureOf(error) };
        throw error;
      }
    },
  };
}

const CATEGORY = 'http://terminology.hl7.org/CodeSystem/communication-category';
