import { registerEditorNode } from '../kit/editor/register.ts';
import { fhirValidate, fhirValidateOutputs, fhirValidatePorts } from './config.ts';

registerEditorNode(fhirValidate, {
  group: 'decision',
  icon: 'fhir-validate.svg',
  inputs: 1,
  outputs: { most: 3, of: fhirValidateOutputs },
  label: () => 'fhir validate',
  ports: (all) => fhirValidatePorts(all).map((port) => PORTS[port]),
});

const PORTS = { valid: 'port.valid', warnings: 'port.warnings', errors: 'port.errors' } as const;
