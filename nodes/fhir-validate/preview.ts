/** What is found on a sample, and by which output it leaves. */
import { fhirRoot } from '../../engine/index.ts';
import type { PreviewRow, ValuePreview } from '../../runtime/services.ts';
import { isValueKind, text } from '../kit/checks.ts';
import { nodeErrors } from '../kit/errors.ts';
import { findingRows, type Validating } from '../kit/finding-rows.ts';
import { problemOf } from '../kit/preview.ts';
import { fhirValidate, fhirValidatePorts, type FhirValidateProperties } from './config.ts';

export function previewing(validate: Validating): ValuePreview {
  return async ({ config, msg, value }) => {
    const { resource: source, resourceKind: kind } = config;
    const expected = 'one FHIR resource';
    try {
      const given =
        text(source).trim() === '' ? fhirRoot(msg) : await value(text(source), isValueKind(kind) ? kind : 'msg');
      const resource = fhirRoot({ payload: given });
      if (!resource)
        throw nodeErrors.create('expression-kind', {
          field: 'resource',
          node: text(config['name']) || fhirValidate.type,
          expected,
        });
      const { rows, worst } = await findingRows('found', resource, validate);
      return { rows: [...(worst ? [outcomeRow(config, worst)] : []), ...rows] };
    } catch (error) {
      return { rows: [{ field: 'resource', problem: problemOf(error) }] };
    }
  };
}

function outcomeRow(config: Readonly<Record<string, unknown>>, worst: 'errors' | 'warnings' | 'valid'): PreviewRow {
  const { onWarnings, onErrors } = config;
  if (worst === 'errors' && onErrors === 'fail')
    return { field: 'leaves', value: 'none: the message waits for a person' };
  const ports = fhirValidatePorts({ onWarnings, onErrors } as FhirValidateProperties);
  const port = Math.max(0, ports.indexOf(worst));
  return { field: 'leaves', value: `${port + 1}: ${ports[port] ?? ''}` };
}
