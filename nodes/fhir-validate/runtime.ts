import type { NodeAPI } from 'node-red';
import { fhirRoot, type FhirResource, type ValidationFinding, type ValidationOutcome } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression } from '../kit/expression.ts';
import { registerNode, servicesIn, type Behaviour, type NodeHandle } from '../kit/register.ts';
import { fhirValidate, fhirValidatePorts, type FhirValidateProperties } from './config.ts';
import { previewing } from './preview.ts';

/** `msg.validation`: plain data, names of elements and rules; never a value. */
export interface FhirValidation extends ValidationOutcome {
  readonly resourceType: string;
  readonly errors: number;
  readonly warnings: number;
}

export default function fhirValidateNode(RED: NodeAPI): void {
  const build = (handle: NodeHandle<FhirValidateProperties>): Behaviour => {
    const { node, config, services, place } = handle;
    const where = { field: 'resource', node: place.name };
    const ports = fhirValidatePorts(config);
    const given =
      config.resource.trim() === ''
        ? undefined
        : expression(RED, node, 'resource', config.resource, config.resourceKind);
    const resourceOf = async (msg: WardflowMessage): Promise<FhirResource> => {
      const value = given ? await given.evaluate(msg) : fhirRoot(msg);
      if (value === undefined || value === null) throw nodeErrors.create('expression-empty', where);
      const resource = fhirRoot({ payload: value });
      if (!resource) throw nodeErrors.create('expression-kind', { ...where, expected: 'one FHIR resource' });
      return resource;
    };
    return {
      async receive(msg, send) {
        const { work } = handle.workOf(msg);
        const resource = await resourceOf(msg);
        const outcome = await services.engine.dispatcher.holdLease(work, services.engine.validator.validate(resource));
        const validation = told(resource, outcome);
        const { errors, warnings, resourceType } = validation;
        msg['validation'] = validation;
        services.note(msg, `${resourceType}: ${errors} errors, ${warnings} warnings`);
        if (errors > 0 && config.onErrors === 'fail')
          throw nodeErrors.create('fhir-not-valid', {
            node: place.name,
            type: resourceType,
            errors,
            first: firstOf(validation.findings),
          });
        const found = errors > 0 ? 'errors' : warnings > 0 ? 'warnings' : 'valid';
        const port = Math.max(0, ports.indexOf(found));
        send(ports.map((_, at) => (at === port ? msg : null)));
      },
    };
  };
  registerNode(RED, fhirValidate, build, {
    ofAnything: previewing((resource) => servicesIn(RED)?.engine.validator.validate(resource)),
  });
}

function told({ resourceType }: FhirResource, outcome: ValidationOutcome): FhirValidation {
  const count = (severity: ValidationFinding['severity']): number =>
    outcome.findings.filter((finding) => finding.severity === severity).length;
  // Findings beyond those listed are not told apart: errors come first, so they are errors only where all listed are.
  const errors = count('error');
  return {
    ...outcome,
    resourceType: resourceType.slice(0, 64),
    errors: outcome.valid ? errors : Math.max(1, errors),
    warnings: count('warning'),
  };
}

/** The place and rule of the first error: what a person looks for, and no value. */
function firstOf(findings: readonly ValidationFinding[]): string {
  const first = findings.find(({ severity }) => severity === 'error');
  return first ? `${first.path}: ${first.text}`.slice(0, 200) : 'see msg.validation';
}
