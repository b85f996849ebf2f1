import { registerEditorNode } from '../kit/editor/register.ts';
import { fhirRead, fhirReadOutputs } from './config.ts';

registerEditorNode(fhirRead, {
  group: 'outside',
  icon: 'fhir-read.svg',
  inputs: 1,
  outputs: { most: 2, of: fhirReadOutputs },
  label: ({ operation, resourceType }) => `${operation} ${resourceType}`,
  ports: () => ['port.found', 'port.nothing'],
});
