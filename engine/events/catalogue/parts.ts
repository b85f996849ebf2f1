/** What the data of several events have in common. */
import type { Coding, PatientRef, VisitRef } from '../clinical-event.ts';
import { listOf, maybeText, object, oneOf, optional, orNull, text, type Shape } from './shape.ts';

const CODING = {
  system: maybeText('URI of the code system, or what the sender calls it'),
  code: maybeText('code'),
  display: maybeText('text for people'),
};
export const coding = (description: string): Shape<Coding> => object(CODING, description);

const identifier = object({
  value: text('identifier'),
  authority: maybeText('assigning authority'),
  type: maybeText('type (HL7 table 0203)'),
});

export const patientRef = (description: string): Shape<PatientRef> =>
  object(
    {
      identifier: orNull(identifier),
      identifiers: listOf(identifier, 'all of them, in the order of the message'),
      name: maybeText('name'),
      birthDate: maybeText('date of birth, with the precision stated'),
      sex: maybeText('administrative sex as stated'),
    },
    description,
  );

const visitRef: Shape<VisitRef> = object(
  {
    number: maybeText('visit number'),
    class: maybeText('patient class (HL7 table 0004)'),
    unit: maybeText('unit'),
    room: maybeText('room'),
    bed: maybeText('bed'),
    service: maybeText('hospital service'),
    attending: maybeText('attending doctor'),
  },
  'the visit',
);

export const place = (description: string) =>
  object({ unit: maybeText('unit'), room: maybeText('room'), bed: maybeText('bed') }, description);

/** A FHIR resource that an event was derived from. */
const resource = object(
  { type: text('resource type'), id: text('id'), version: maybeText('version id') },
  'the FHIR resource behind it; absent where the event came from HL7 v2',
);

const possibleDuplicateOf = object(
  {
    name: text('name of the event that the other side may have given'),
    subject: maybeText('its subject, where known'),
    time: maybeText('when that happened, where known'),
  },
  'only where nothing that both sides know names the fact: an event of this name and time from the other side may be the same fact. Nothing is guessed.',
);

/** Where an event came from. */
export const origin = {
  sourceTrigger: coding('HL7 v2 trigger (table 0003), or the FHIR interaction'),
  resource: optional(resource),
  possibleDuplicateOf: optional(possibleDuplicateOf),
};

/** Most events: about a patient, mostly in a visit. */
export const shell = {
  ...origin,
  patient: patientRef('the patient'),
  visit: visitRef,
  derivedFrom: oneOf(
    ['trigger', 'difference'],
    '`trigger`: the sender says so; `difference`: it follows from the state that was known before',
  ),
};

export const orderRef = object(
  {
    placer: maybeText('placer order number'),
    filler: maybeText('filler order number'),
    service: coding('what was ordered'),
  },
  'the order',
);

export const time = (description: string): Shape<string | null> =>
  maybeText(`${description}; RFC 3339 with the precision stated`);

export const changed = orNull(listOf(text('path'), 'names of what changed; `null`: nothing was known before'));
