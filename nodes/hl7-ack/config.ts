/** Makes the application acknowledgement of a message whose sender waits for one (enhanced mode). The first made counts. */
import { oneOf, text, valueKind, type ValueKind } from '../kit/checks.ts';
import type { NodeDeclaration, Problem } from '../kit/properties.ts';

/** HL7 table 0357, but for "accepted". */
export const ERROR_CODES = [
  ...(['100', '101', '102', '103', '200', '201', '202'] as const),
  ...(['203', '204', '205', '206', '207'] as const),
] as const;

export interface Hl7AckProperties {
  readonly name: string;
  /** MSA-1. */
  readonly code: 'AA' | 'AE' | 'AR';
  /** MSA-3 and ERR-8: without patient data; empty: none. */
  readonly text: string;
  readonly textKind: ValueKind;
  /** ERR-3; not with AA. */
  readonly errorCode: (typeof ERROR_CODES)[number];
  /** ERR-2: where in the message, as `PID-3[2].4`; empty: not said. */
  readonly location: string;
  /** MSH-9 of the answer; empty: that of an ACK. */
  readonly messageType: string;
  /** JSONata: one segment or a list of them, as text; empty: none. */
  readonly segments: string;
  readonly finish: boolean;
}

const PATH = /^[A-Z][A-Z0-9]{2}(\[[1-9]\d{0,4}\])?-[1-9]\d{0,2}(\[[1-9]\d{0,3}\])?(\.[1-9]\d{0,2}(\.[1-9]\d{0,2})?)?$/;
const TYPE = /^[A-Z][A-Z0-9]{2}(\^[A-Z][A-Z0-9]{2}(\^[A-Z][A-Z0-9]{2}(_[A-Z][A-Z0-9]{2})?)?)?$/;

const path = (value: unknown): Problem =>
  text(value) === '' || PATH.test(text(value)) ? null : 'kit.problem.hl7-path';
const messageType = (value: unknown): Problem =>
  text(value) === '' || TYPE.test(text(value)) ? null : 'kit.problem.message-type';

export const hl7AckOutputs = (all: Pick<Hl7AckProperties, 'finish'>): number => (all.finish ? 0 : 1);

export const hl7Ack: NodeDeclaration<Hl7AckProperties> = {
  type: 'hl7 ack',
  properties: {
    name: { value: '' },
    code: { value: 'AA', check: oneOf('AA', 'AE', 'AR') },
    text: { value: '', expression: 'textKind' },
    textKind: { value: 'str', check: valueKind },
    errorCode: { value: '207', check: oneOf(...ERROR_CODES) },
    location: { value: '', check: path },
    messageType: { value: '', check: messageType },
    segments: { value: '', expression: 'always' },
    finish: { value: false },
  },
};
