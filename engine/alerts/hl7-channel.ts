/** An ORU^R40 (alert report) to an HL7 endpoint. A repeat has the same MSH-10: that is how an HL7 receiver knows it. */
import { hash } from 'node:crypto';
import { WardflowError } from '../base/errors.ts';
import type { Hl7ChannelBinding } from '../config/channels.ts';
import type { SegmentToBuild } from '../hl7/build.ts';
import { Hl7Message } from '../hl7/message.ts';
import type { Hl7Endpoints } from '../mllp/endpoint.ts';
import { failureOf } from '../queue/failure.ts';
import type { AlertChannel, AlertMessage } from './channel.ts';
import { alertErrors } from './errors.ts';
import { addressesOf } from './recipients.ts';

export function hl7Channel(name: string, binding: Hl7ChannelBinding, endpoints: Hl7Endpoints): AlertChannel {
  const needsAddress = Object.keys(binding.recipients).length > 0;
  return {
    name,
    async send(message) {
      const addresses = addressesOf(binding.recipients, message);
      if (needsAddress && addresses.length === 0) {
        const failure = failureOf(alertErrors.create('channel-without-address', { channel: name, to: message.to }));
        return { ok: false, failure };
      }
      try {
        const sent = await endpoints.get(binding.endpoint, 'stat').send(alertMessage(message, addresses));
        return sent.ok ? { ok: true, state: 'delivered' } : sent;
      } catch (error) {
        if (error instanceof WardflowError) return { ok: false, failure: failureOf(error) };
        throw error;
      }
    },
  };
}

function alertMessage(message: AlertMessage, addresses: readonly string[]): Uint8Array {
  const { id, key, kind, text, link, at, to } = message;
  const observed = (i: number, code: string, value: string): SegmentToBuild => ({
    name: 'OBX',
    fields: { 1: String(i + 1), 2: 'ST', 3: [code, '', 'WARDFLOW'], 5: value, 11: 'F' },
  });
  const said: readonly (readonly [string, string])[] = [
    ['TEXT', text],
    ['LINK', link],
    ['STATE', kind],
    ['TO', to],
    ...addresses.map((address) => ['ADDRESS', address] as const),
  ];
  return Hl7Message.build({
    type: 'ORU^R40^ORU_R40',
    // MSH-10 has 20 characters in older receivers.
    controlId: hash('sha256', key).slice(0, 20),
    time: at,
    sender: { application: 'WARDFLOW' },
    version: '2.6',
    segments: [
      { name: 'OBR', fields: { 1: '1', 3: id, 4: ['ALERT', 'Alert', 'WARDFLOW'] } },
      ...said.map(([code, value], i) => observed(i, code, value)),
    ],
  }).toBytes();
}
