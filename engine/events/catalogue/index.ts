/** All canonical events: names, versions, meanings and schemas. docs/reference/events.md is made from it. */
import { APPOINTMENT_EVENTS } from './appointment.ts';
import { CHARGE_EVENTS } from './charge.ts';
import { DOCUMENT_EVENTS } from './document.ts';
import { ENCOUNTER_EVENTS } from './encounter.ts';
import { eventSchema, type EventEntry } from './entry.ts';
import { IMMUNIZATION_EVENTS } from './immunization.ts';
import { LAB_EVENTS } from './lab.ts';
import { MEDICATION_EVENTS } from './medication.ts';
import { MESSAGE_EVENTS } from './message.ts';
import { ORDER_EVENTS } from './order.ts';
import { PATIENT_EVENTS } from './patient.ts';
import { REFERRAL_EVENTS } from './referral.ts';
import type { JsonSchema, ShapeOf } from './shape.ts';
import { TASK_EVENTS } from './task.ts';

export const EVENT_FAMILIES = {
  patient: PATIENT_EVENTS,
  encounter: ENCOUNTER_EVENTS,
  order: ORDER_EVENTS,
  lab: LAB_EVENTS,
  appointment: APPOINTMENT_EVENTS,
  referral: REFERRAL_EVENTS,
  document: DOCUMENT_EVENTS,
  medication: MEDICATION_EVENTS,
  immunization: IMMUNIZATION_EVENTS,
  charge: CHARGE_EVENTS,
  task: TASK_EVENTS,
  message: MESSAGE_EVENTS,
} as const;

const ENTRIES = {
  ...PATIENT_EVENTS,
  ...ENCOUNTER_EVENTS,
  ...ORDER_EVENTS,
  ...LAB_EVENTS,
  ...APPOINTMENT_EVENTS,
  ...REFERRAL_EVENTS,
  ...DOCUMENT_EVENTS,
  ...MEDICATION_EVENTS,
  ...IMMUNIZATION_EVENTS,
  ...CHARGE_EVENTS,
  ...TASK_EVENTS,
  ...MESSAGE_EVENTS,
} as const;

export type EventName = keyof typeof ENTRIES;
export type EventData<N extends EventName> = ShapeOf<(typeof ENTRIES)[N]['data']>;

export const EVENT_CATALOGUE: Readonly<Record<EventName, EventEntry>> = ENTRIES;
export const EVENT_NAMES = Object.keys(ENTRIES) as readonly EventName[];

export const isEventName = (name: string): name is EventName => Object.hasOwn(ENTRIES, name);

/** JSON Schema (2020-12) of a whole event. */
export const schemaOf = (name: EventName): JsonSchema => eventSchema(name, EVENT_CATALOGUE[name]);
