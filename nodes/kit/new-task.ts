/** The settings that `task create` and `approval` share: the task that a message asks for. For runtime and editor. */
import { needed, oneOf, text, valueKind, type ValueKind } from './checks.ts';
import type { Problem, Properties } from './properties.ts';

export type ReferenceKind = Exclude<ValueKind, 'str'>;

export interface NewTaskProperties {
  /** Identity of the task in its definition: open tasks belong to this name. */
  readonly task: string;
  /** What kind of task it is, as reports group by; empty: the name. */
  readonly code: string;
  /** One line for lists. Shown outside the clinical record: no patient data. */
  readonly title: string;
  readonly titleKind: ValueKind;
  readonly priority: string;
  readonly priorityKind: ValueKind;
  /** Whose it is: at least one of the three. */
  readonly role: string;
  readonly roleKind: ValueKind;
  readonly unit: string;
  readonly unitKind: ValueKind;
  readonly person: string;
  readonly personKind: ValueKind;
  /** ISO 8601 duration, or a moment with its zone; empty: not due at any time. */
  readonly due: string;
  readonly dueKind: ValueKind;
  /** Name of a checklist of the definition, or JSONata giving it; empty: none. */
  readonly checklist: string;
  readonly checklistKind: 'str' | 'jsonata';
  /** JSONata naming what several messages may be about; empty: its message alone. */
  readonly about: string;
  /** Endpoint's config node on which a copy is kept; empty: none. */
  readonly endpoint: string;
  /** What the copy is about there, as references: for whom, what is to be acted on, which visit. */
  readonly patient: string;
  readonly patientKind: ReferenceKind;
  readonly focus: string;
  readonly focusKind: ReferenceKind;
  readonly encounter: string;
  readonly encounterKind: ReferenceKind;
  /** What the copy's description says beside the title, such as the value that it is about; may be clinical. Empty: the title alone. */
  readonly says: string;
  readonly saysKind: ValueKind;
  /** Message properties given back with each later message, beside the payload. */
  readonly carry: readonly string[];
  /** JSONata that tells the tasks of one message apart; empty: the event's id. */
  readonly discriminator: string;
}

const DURATION = /^P(?=\d|T\d)(\d{1,4}W)?(\d{1,5}D)?(T(?=\d)(\d{1,6}H)?(\d{1,7}M)?(\d{1,8}S)?)?$/;
/** An ISO 8601 moment with its zone. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const CODE = /^[a-z][a-z0-9-]{0,62}$/;

const fixedDue = (value: unknown, all: Pick<NewTaskProperties, 'dueKind'>): Problem =>
  all.dueKind === 'str' && text(value) !== '' && !DURATION.test(text(value)) && !MOMENT.test(text(value))
    ? 'kit.problem.duration'
    : null;

const referenceKind = oneOf('msg', 'jsonata');

type Shared = Omit<NewTaskProperties, 'task' | 'carry' | 'discriminator'>;

export function newTaskProperties<P extends Shared>(): Pick<Properties<P>, keyof Shared> {
  const declared: Properties<Shared> = {
    code: {
      value: '',
      check: (value) => (text(value) === '' || CODE.test(text(value)) ? null : 'kit.problem.identity-form'),
    },
    title: { value: '', expression: 'titleKind', check: needed },
    titleKind: { value: 'str', check: valueKind },
    priority: {
      value: 'routine',
      expression: 'priorityKind',
      check: (value, all) =>
        all.priorityKind === 'str' ? oneOf('stat', 'asap', 'urgent', 'routine')(value) : needed(value),
    },
    priorityKind: { value: 'str', check: valueKind },
    role: {
      value: '',
      expression: 'roleKind',
      check: (value, all) =>
        [value, all.unit, all.person].every((one) => text(one) === '') ? 'kit.problem.task-nobody' : null,
    },
    roleKind: { value: 'str', check: valueKind },
    unit: { value: '', expression: 'unitKind' },
    unitKind: { value: 'str', check: valueKind },
    person: { value: '', expression: 'personKind' },
    personKind: { value: 'str', check: valueKind },
    due: { value: '', expression: 'dueKind', check: fixedDue },
    dueKind: { value: 'str', check: valueKind },
    checklist: {
      value: '',
      expression: 'checklistKind',
      check: (value, all) =>
        all.checklistKind === 'jsonata' || text(value) === '' || CODE.test(text(value))
          ? null
          : 'kit.problem.identity-form',
    },
    checklistKind: { value: 'str', check: oneOf('str', 'jsonata') },
    about: { value: '', expression: 'always' },
    endpoint: { value: '', configNode: 'wardflow-fhir-endpoint' },
    patient: { value: 'patient', expression: 'patientKind' },
    patientKind: { value: 'msg', check: referenceKind },
    focus: { value: '', expression: 'focusKind' },
    focusKind: { value: 'msg', check: referenceKind },
    encounter: { value: '', expression: 'encounterKind' },
    encounterKind: { value: 'msg', check: referenceKind },
    says: { value: '', expression: 'saysKind' },
    saysKind: { value: 'jsonata', check: valueKind },
  };
  return declared as Pick<Properties<P>, keyof Shared>;
}
