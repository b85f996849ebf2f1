/** Decides what happens on a day, from a seed; `at` is minutes from its beginning, 0 is what the night has left. */
import {
  BLOOD_COUNT,
  CARDIAC,
  COAGULATION,
  HAEMOGLOBIN,
  LACTATE,
  METABOLIC,
  POTASSIUM,
  SEPSIS,
  TROPONIN,
  usualValue,
  type Analyte,
  type Panel,
} from './lab-panels.ts';
import {
  admitted,
  booked,
  discharged,
  labReport,
  transferred,
  updated,
  type Clinician,
  type Sent,
  type Stay,
} from './messages.ts';
import { population, type Patient } from './people.ts';
import { seeded, type Chance } from './random.ts';
import { EMERGENCY, UNITS, type Unit } from './units.ts';

export type SendingApplication = 'ADT1' | 'LAB1' | 'SCHED1';

export interface PlannedMessage {
  /** Minutes from the beginning of the day. */
  readonly at: number;
  readonly sender: SendingApplication;
  /** For people and tests; never sent. */
  readonly what:
    | 'admission'
    | 'transfer'
    | 'update'
    | 'discharge'
    | 'refused discharge'
    | 'result'
    | 'critical result'
    | 'corrected result'
    | 'resend'
    | 'appointment';
  /** The message, as it is at the moment of sending. A resend gives the bytes of the first. */
  text(sentAt: number): string;
}

export interface DayOptions {
  readonly seed: number;
  /** Begins every control id and order number of this run: letters and digits, at most 10. */
  readonly run: string;
  /** When the day begins, epoch milliseconds: stays began before it. */
  readonly beginsAt: number;
  /** The discharge that fails on purpose is part of the very first day only. */
  readonly withRefused?: boolean;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Length of the planned day, in its own minutes. */
export const DAY_MINUTES = 16 * 60;

const CLINICIANS: readonly [Clinician, ...Clinician[]] = [
  { id: '10021', family: 'Hallström', given: 'Ingrid' },
  { id: '10034', family: 'Mensah', given: 'Kwame' },
  { id: '10047', family: 'Rossi', given: 'Chiara' },
  { id: '10058', family: 'Sato', given: 'Haruto' },
];

export function planDay(options: DayOptions): readonly PlannedMessage[] {
  const chance = seeded(options.seed);
  const everybody = population();
  const plan = new DayPlan(chance, options.run, options.beginsAt);
  const [closed, ...others] = everybody;
  const split = Math.round(others.length * 0.6);
  others.slice(0, split).forEach((patient, i) => plan.inpatient(patient, i));
  others.slice(split).forEach((patient, i) => plan.newcomer(patient, i));
  if (closed && options.withRefused !== false) plan.refusedDischarge(closed);
  return plan.inOrder();
}

class DayPlan {
  readonly #chance: Chance;
  readonly #run: string;
  readonly #beginsAt: number;
  readonly #all: PlannedMessage[] = [];
  #numbers = 0;

  constructor(chance: Chance, run: string, beginsAt: number) {
    this.#beginsAt = beginsAt;
    this.#chance = chance;
    this.#run = run;
  }

  inOrder(): readonly PlannedMessage[] {
    return this.#all.toSorted((a, b) => a.at - b.at);
  }

  /** Somebody who was here when the day began. The first few give the screen its first messages. */
  inpatient(patient: Patient, index: number): void {
    const chance = this.#chance;
    const stay = this.#stay(patient, chance.pick(UNITS), chance.between(1, 9));
    const early = index < 6;
    const morning = early ? 0 : chance.between(5, 150);
    if (index === 0) this.#critical(stay, 0, METABOLIC, POTASSIUM, 6.8);
    else if (index === 1) this.#corrected(stay, 0, BLOOD_COUNT, HAEMOGLOBIN, 6.1, 10.4);
    else if (index === 7) this.#critical(stay, 40, METABOLIC, POTASSIUM, 2.4);
    else if (index === 9) this.#critical(stay, 210, SEPSIS, LACTATE, 5.3);
    else this.#results(stay, morning, METABOLIC, index === 2);
    if (chance.happens(0.6)) this.#results(stay, chance.between(10, 200), BLOOD_COUNT);
    if (chance.happens(0.3)) this.#results(stay, chance.between(240, 700), COAGULATION);
    if (index === 5 || chance.happens(0.4))
      this.#add(index === 5 ? 0 : chance.between(20, 600), 'ADT1', 'update', (sent) => updated(stay, sent));
    if (index === 3 || index === 4) this.#discharge(stay, 0);
    else if (index % 2 === 1) this.#discharge(stay, chance.between(180, 640));
    if (chance.happens(0.3)) this.#appointment(stay, chance.between(60, 620));
  }

  /** Somebody who comes through the emergency department and is moved to a ward. */
  newcomer(patient: Patient, index: number): void {
    const chance = this.#chance;
    const stay = this.#stay(patient, chance.pick(UNITS), 0);
    const emergency = {
      ...stay,
      unit: { ...stay.unit, code: EMERGENCY },
      room: 'BAY',
      bed: String(chance.between(1, 12)),
    };
    const arrives = index === 0 ? 0 : chance.between(10, 780);
    this.#add(arrives, 'ADT1', 'admission', (sent) => admitted({ ...emergency, admittedAt: sent.at }, sent));
    this.#results(stay, arrives + chance.between(25, 60), METABOLIC);
    if (stay.unit.code === 'CARD')
      this.#critical(stay, arrives + chance.between(40, 70), CARDIAC, TROPONIN, chance.between(60, 900));
    if (stay.unit.code === 'ICU') this.#results(stay, arrives + chance.between(30, 50), SEPSIS);
    this.#add(arrives + chance.between(60, 120), 'ADT1', 'transfer', (sent) =>
      transferred({ ...stay, admittedAt: sent.at - 90 * MINUTE }, EMERGENCY, sent),
    );
  }

  /** The one message of the demo that fails: the EHR has closed its patient's record. The patient has no other message, so nothing waits behind it. */
  refusedDischarge(patient: Patient): void {
    const stay = this.#stay(patient, UNITS[0], 4);
    this.#add(0, 'ADT1', 'refused discharge', (sent) => discharged(stay, '01', sent));
  }

  #stay(patient: Patient, unit: Unit, days: number): Stay {
    const chance = this.#chance;
    const began = this.#beginsAt - days * DAY - chance.between(0, 600) * MINUTE;
    return {
      patient,
      unit,
      visit: `V${this.#number()}`,
      room: String(chance.between(1, 24)).padStart(3, '0'),
      bed: chance.pick(['A', 'B']),
      attending: chance.pick(CLINICIANS),
      diagnosis: chance.pick(unit.diagnoses),
      admittedAt: began,
    };
  }

  #results(stay: Stay, at: number, panel: Panel, again = false): void {
    const values = panel.analytes.map((analyte) => [analyte, usualValue(analyte, this.#chance)] as const);
    this.#report(stay, at, panel, values, 'result', again);
  }

  #critical(stay: Stay, at: number, panel: Panel, which: Analyte, measured: number): void {
    this.#report(stay, at, panel, this.#valuesWith(panel, which, measured), 'critical result', false);
  }

  /** A critical value that a second measurement takes back: same order, status C. */
  #corrected(stay: Stay, at: number, panel: Panel, which: Analyte, first: number, second: number): void {
    const values = this.#valuesWith(panel, which, first);
    const order = this.#report(stay, at, panel, values, 'critical result', false);
    const better = values.map(([analyte, old]) => [analyte, analyte === which ? second : old] as const);
    this.#add(at + 45, 'LAB1', 'corrected result', (sent) =>
      labReport(stay, { ...order, status: 'C', values: better }, sent, order.takenAt ?? sent.at),
    );
  }

  #valuesWith(panel: Panel, which: Analyte, measured: number): (readonly [Analyte, number])[] {
    return panel.analytes.map(
      (analyte) => [analyte, analyte === which ? measured : usualValue(analyte, this.#chance)] as const,
    );
  }

  #report(
    stay: Stay,
    at: number,
    panel: Panel,
    values: readonly (readonly [Analyte, number])[],
    what: PlannedMessage['what'],
    again: boolean,
  ): { panel: Panel; placer: string; filler: string; minutes: number; takenAt: number | null } {
    const minutes = this.#chance.between(12, 55);
    const order = {
      panel,
      placer: `P${this.#number()}`,
      filler: `F${this.#number()}`,
      minutes,
      takenAt: null as number | null,
    };
    const first = this.#add(at, 'LAB1', what, (sent) => {
      // A correction speaks of the same specimen.
      order.takenAt = sent.at - minutes * MINUTE;
      return labReport(stay, { ...order, status: 'F', values }, sent, order.takenAt);
    });
    if (again) this.#all.push({ at: at + 2, sender: 'LAB1', what: 'resend', text: (sentAt) => first.text(sentAt) });
    return order;
  }

  #discharge(stay: Stay, at: number): void {
    const disposition = this.#chance.pick(['01', '01', '01', '03', '06'] as const);
    this.#add(at, 'ADT1', 'discharge', (sent) => discharged(stay, disposition, sent));
    if (this.#chance.happens(0.5)) this.#appointment(stay, at + this.#chance.between(10, 60));
  }

  #appointment(stay: Stay, at: number): void {
    const days = this.#chance.between(5, 21);
    const placer = `A${this.#number()}`;
    const filler = `B${this.#number()}`;
    this.#add(at, 'SCHED1', 'appointment', (sent) => {
      const startsAt = Math.ceil(sent.at / DAY) * DAY + days * DAY + 9 * 60 * MINUTE;
      const booking = {
        placer,
        filler,
        startsAt,
        minutes: 30,
        clinic: `${stay.unit.code}-OPD`,
        reason: 'Follow-up after discharge',
      };
      return booked(stay, booking, sent);
    });
  }

  #add(
    at: number,
    sender: SendingApplication,
    what: PlannedMessage['what'],
    make: (sent: Sent) => string,
  ): PlannedMessage {
    const controlId = `${sender.slice(0, 1)}${this.#number()}`;
    // Written once: who sends again after a lost answer sends the same bytes.
    let text: string | undefined;
    const planned = { at, sender, what, text: (sentAt: number) => (text ??= make({ controlId, at: sentAt })) };
    this.#all.push(planned);
    return planned;
  }

  #number(): string {
    return `${this.#run}${String(++this.#numbers).padStart(4, '0')}`;
  }
}
