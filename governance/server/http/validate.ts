import { Ajv, type ValidateFunction } from 'ajv';
import type {
  FullProof,
  SecondFactorBegin,
  SecondFactorConfirm,
  IdentifierSearch,
  LoginRequest,
  PasswordChange,
} from '../../api/contract.ts';
import type { NewPerson, NewServiceAccount, PersonChange } from '../../api/people-contract.ts';
import type {
  AlertCloseRequest,
  DeadLetterRequest,
  DifferenceSettling,
  IdentityAnswer,
  IdentityUndoing,
  EffectDecision,
  OutlineRequest,
  QuarantineRequest,
  SwitchRequest,
} from '../../api/runtime-shapes.ts';
import type {
  HeldDecisionRequest,
  ProblemChange,
  ProblemRequest,
  TaskAssignRequest,
  TaskEhrRequest,
  TaskOverrideRequest,
  TaskPartRequest,
  TaskSearch,
  TaskStepRequest,
} from '../../../runtime/api/task-contract.ts';
import type { FhirLookRequest } from '../../../runtime/api/fhir-look-contract.ts';
import type { Comment, NewProposal, SignedWish } from '../../api/proposal-contract.ts';
import type { PlanWish, ReleaseWish } from '../../api/release-contract.ts';
import type { Envelope } from '../../bundle/index.ts';
import { SCHEMAS, type SchemaName } from '../../api/schemas.ts';
import { consoleErrors } from '../../errors.ts';

const bodies = new Ajv({ allErrors: false, strict: true });
/** Queries are text: numbers are read from it. */
const queries = new Ajv({ allErrors: false, strict: true, coerceTypes: true });
const compiled = new Map<string, ValidateFunction>();

function validator(ajv: Ajv, where: string, name: SchemaName): ValidateFunction {
  const key = `${where} ${name}`;
  let found = compiled.get(key);
  if (!found) compiled.set(key, (found = ajv.compile(SCHEMAS[name])));
  return found;
}

/** What a body is once it has passed its schema. */
interface BodyShapes {
  readonly ruleTableCheck: object;
  readonly ruleTableSave: object;
  readonly sampleValues: object;
  readonly signed: { readonly envelope: Envelope };
  readonly release: ReleaseWish;
  readonly releasePlan: PlanWish;
  readonly login: LoginRequest;
  readonly secondFactorBegin: SecondFactorBegin;
  readonly secondFactorConfirm: SecondFactorConfirm;
  readonly fullProof: FullProof;
  readonly passwordChange: PasswordChange;
  readonly newPerson: NewPerson;
  readonly personChange: PersonChange;
  readonly newServiceAccount: NewServiceAccount;
  readonly identifierSearch: IdentifierSearch;
  readonly reason: { readonly reason: string };
  readonly fallback: { readonly seen: number; readonly reason: string };
  readonly heldDecision: HeldDecisionRequest;
  readonly switchRequest: SwitchRequest;
  readonly deadLetters: DeadLetterRequest;
  readonly quarantine: QuarantineRequest;
  readonly outline: OutlineRequest;
  readonly identityAnswer: IdentityAnswer;
  readonly identityUndoing: IdentityUndoing;
  readonly differenceSettling: DifferenceSettling;
  readonly effectDecision: EffectDecision;
  readonly optionalReason: { readonly reason?: string };
  readonly discard: { readonly reason?: string; readonly all?: boolean; readonly work?: readonly string[] };
  readonly newProblem: ProblemRequest;
  readonly problemChange: ProblemChange;
  readonly taskStep: TaskStepRequest;
  readonly taskClaim: { readonly seen: number };
  readonly taskAssign: TaskAssignRequest;
  readonly taskPart: TaskPartRequest;
  readonly taskSearch: TaskSearch;
  readonly taskComment: { readonly text: string };
  readonly taskOverride: TaskOverrideRequest;
  readonly taskEhr: TaskEhrRequest;
  readonly newProposal: NewProposal;
  readonly revision: { readonly summary: string };
  readonly signedWish: SignedWish;
  readonly comment: { readonly text: string; readonly place?: Comment['place'] };
  readonly takeOver: { readonly version: string };
  readonly rerun: { readonly what: 'checks' | 'scenarios' };
  readonly keyFile: object;
  readonly auditFind: { readonly kind: 'patient' | 'order' | 'visit'; readonly value: string };
  readonly pin: { readonly name: string };
  readonly look: { readonly use: string };
  readonly fhirLook: FhirLookRequest;
  readonly seen: { readonly seen: number };
  readonly alertAct: { readonly seen: number; readonly what: string };
  readonly alertClose: AlertCloseRequest;
  readonly nothing: Readonly<Record<string, never>>;
}
export type BodyName = keyof BodyShapes;

/** @throws `request-invalid` naming the field, never its value */
export function validBody<Name extends keyof BodyShapes>(name: Name, value: unknown): BodyShapes[Name] {
  return check(validator(bodies, 'body', name), value ?? {}) as BodyShapes[Name];
}

/** A validated copy: what is passed on is exactly what was checked. */
export function validQuery(name: SchemaName, value: unknown): Readonly<Record<string, string | number>> {
  return check(validator(queries, 'query', name), { ...(value as object) }) as Record<string, string | number>;
}

function check(validate: ValidateFunction, value: unknown): unknown {
  if (validate(value)) return value;
  const first = validate.errors?.[0];
  const missing: unknown = first?.params['missingProperty'];
  const field = typeof missing === 'string' ? `/${missing}` : (first?.instancePath ?? '');
  throw consoleErrors.create('request-invalid', { field: field === '' ? 'body or query' : field.slice(1, 60) });
}
