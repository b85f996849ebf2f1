import type { NodeAPI } from 'node-red';
import { Hl7Message, type Conversion, type LineageEntry, type Unmapped } from '../../engine/index.ts';
import { nodeErrors } from '../kit/errors.ts';
import { feedNamed } from '../kit/feed-named.ts';
import { registerNode } from '../kit/register.ts';
import { hl7ToFhir } from './config.ts';
import { refuseWhatMustNotPass } from './demands.ts';
import { previewOfConversion } from './preview.ts';

/** `msg.conversion` */
interface ConversionNote {
  /** `null`: the type has no mapping, and the bundle is the minimal one. */
  readonly mapping: Conversion['mapping'];
  readonly unmapped: readonly Unmapped[];
  /** How many values came from the message, and where to look each of them up: the message and the mapping give them again. */
  readonly values: number;
  readonly message: string;
  readonly lineage?: readonly LineageEntry[];
}

export default function hl7ToFhirNode(RED: NodeAPI): void {
  registerNode(
    RED,
    hl7ToFhir,
    (handle) => ({
      async receive(msg, send) {
        const { config, services, place, workOf } = handle;
        const { context, work } = workOf(msg);
        const { payload } = msg;
        if (!(payload instanceof Hl7Message)) throw nodeErrors.create('hl7-payload', { node: place.name });
        const { converter } = await services.pinnedDefinition(context);
        const zone = feedNamed(handle, work.message.feed)?.zone.trim() || null;
        const conversion = converter.convert(payload, { receivedAt: work.message.receivedAt, zone });
        services.note(msg, inShort(conversion));
        refuseWhatMustNotPass(conversion, config);
        const { bundle, mapping, unmapped, lineage } = conversion;
        msg['fhir'] = { resource: bundle, bundle };
        msg['conversion'] = {
          mapping,
          unmapped,
          values: told(lineage),
          message: context.messageId,
          ...(config.lineage && { lineage }),
        } satisfies ConversionNote;
        if (config.payload === 'replace') msg.payload = bundle;
        send(msg);
      },
    }),
    previewOfConversion,
  );
}

const told = (lineage: readonly LineageEntry[]): number => lineage.filter(({ source }) => source !== null).length;

/** For the trace: names and counts, no values. */
function inShort({ mapping, bundle, lineage, unmapped }: Conversion): string {
  const resources = (bundle['entry'] as readonly unknown[]).length;
  const by = mapping ? `By ${mapping.name}` : 'Without a mapping';
  const left = unmapped.length === 0 ? '' : `; ${unmapped.length} places are not told`;
  return `${by}: ${resources} resources of ${told(lineage)} values${left}.`;
}
