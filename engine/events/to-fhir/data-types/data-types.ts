/**
 * How a value is read, by the name that mapping files use: the HL7 data type and the FHIR type that it becomes, as the
 * v2-to-FHIR guide writes them (`CX[Identifier]`), or a FHIR type alone where the HL7 type makes no difference.
 */
import { code, concept, conceptText, oneCoding } from './codes.ts';
import { authority, cx, cxFor, cxOld, dln, ei, eiFor, plain, ssn, xcn, xon } from './identifiers.ts';
import { cq, decimalOrReport, integer, money, quantity } from './numbers.ts';
import { observationValue, referenceRange } from './observation.ts';
import { nameText, xad, xcnName, xcnReference, xonReference, xpn, xtn, xtnFor } from './people.ts';
import { aroundIdentifier, placeIdentifier, placeKind, placeName, placeReference } from './places.ts';
import type { DataType } from './reading.ts';
import { ed, rp, string, url, yesNo } from './texts.ts';
import { date, dateTime, instant, period, time } from './times.ts';

export interface DataTypeEntry {
  readonly read: DataType;
  /** Code maps that it asks for. */
  readonly maps?: readonly string[];
  /** All repetitions become one text of lines. */
  readonly lines?: true;
}

const TYPES: Readonly<Record<string, DataTypeEntry>> = {
  string: { read: string },
  lines: { read: string, lines: true },
  code: { read: code },
  date: { read: (value, context) => date(value, context) },
  dateTime: { read: (value, context) => dateTime(value, context) },
  instant: { read: (value, context) => instant(value, context) },
  time: { read: time },
  integer: { read: (value, context) => integer(value, context) },
  positiveInt: { read: (value, context) => integer(value, context, 1) },
  unsignedInt: { read: (value, context) => integer(value, context, 0) },
  decimal: { read: decimalOrReport },
  boolean: { read: yesNo },
  url: { read: url },
  'HD[uri]': { read: (value, context) => authority(value, context) },
  'HD[string]': { read: string },
  'CX[Identifier]': { read: cx, maps: ['identifier-type'] },
  'CX[visit Identifier]': { read: cxFor('VN', 'Visit number'), maps: ['identifier-type'] },
  'CX[member Identifier]': { read: cxFor('MB', 'Member Number'), maps: ['identifier-type'] },
  'CX[old Identifier]': { read: cxOld, maps: ['identifier-type'] },
  'EI[Identifier]': { read: ei },
  'EI[placer Identifier]': { read: eiFor('PLAC', 'Placer Identifier') },
  'EI[filler Identifier]': { read: eiFor('FILL', 'Filler Identifier') },
  'ST[Identifier]': { read: plain },
  'SSN[Identifier]': { read: ssn },
  'DLN[Identifier]': { read: dln },
  'XCN[Identifier]': { read: xcn, maps: ['identifier-type'] },
  'XON[Identifier]': { read: xon, maps: ['identifier-type'] },
  'XPN[HumanName]': { read: xpn, maps: ['name-use'] },
  'XPN[string]': { read: nameText },
  'XCN[HumanName]': { read: xcnName, maps: ['name-use'] },
  'XCN[Reference]': { read: xcnReference, maps: ['identifier-type'] },
  'XON[Reference]': { read: xonReference, maps: ['identifier-type'] },
  'XAD[Address]': { read: xad, maps: ['address-use'] },
  'XTN[ContactPoint]': { read: xtn, maps: ['contact-use', 'contact-system'] },
  'XTN[home ContactPoint]': { read: xtnFor('home'), maps: ['contact-use', 'contact-system'] },
  'XTN[work ContactPoint]': { read: xtnFor('work'), maps: ['contact-use', 'contact-system'] },
  'CWE[CodeableConcept]': { read: concept },
  'CWE[Coding]': { read: oneCoding },
  'CWE[string]': { read: conceptText },
  'PL[Identifier]': { read: placeIdentifier },
  'PL[facility Identifier]': { read: aroundIdentifier('facility') },
  'PL[building Identifier]': { read: aroundIdentifier('building') },
  'PL[floor Identifier]': { read: aroundIdentifier('floor') },
  'PL[string]': { read: placeName },
  'PL[CodeableConcept]': { read: placeKind },
  'PL[Reference]': { read: placeReference },
  'NM[Quantity]': { read: quantity },
  'CQ[Quantity]': { read: cq },
  'MO[Money]': { read: money },
  'DR[Period]': { read: (value, context) => period(value, context) },
  'OBX-5[value]': { read: observationValue },
  'OBX-7[ReferenceRange]': { read: referenceRange },
  'ED[Attachment]': { read: ed, maps: ['media-type'] },
  'RP[Attachment]': { read: rp, maps: ['media-type'] },
};

export const DATA_TYPES: ReadonlyMap<string, DataTypeEntry> = new Map(Object.entries(TYPES));
