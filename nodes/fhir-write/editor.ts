import { registerEditorNode } from '../kit/editor/register.ts';
import { fhirWrite, fhirWriteOutputs } from './config.ts';

registerEditorNode(fhirWrite, {
  group: 'outside',
  icon: 'fhir-write.svg',
  inputs: 1,
  outputs: { most: 1, of: fhirWriteOutputs },
  label: ({ operation, resourceType }) => `${operation} ${resourceType}`,
  ports: () => ['port.written'],
});
