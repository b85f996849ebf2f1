import { registerEditorNode } from '../kit/editor/register.ts';
import { fhirSubscriptionIn } from './config.ts';

registerEditorNode(fhirSubscriptionIn, {
  group: 'source',
  icon: 'fhir-subscription-in.svg',
  inputs: 0,
  outputs: 1,
  label: ({ resourceType, subscription }) => (subscription === '' ? resourceType : subscription),
  ports: () => ['port.change'],
});
