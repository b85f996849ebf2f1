/** Makes a new HL7 message: a header, and what the steps put into it. */
import { identity, oneOf, text } from '../kit/checks.ts';
import { stepsCheck, type Step } from '../kit/hl7-steps/steps.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface Hl7BuildProperties {
  readonly name: string;
  /** Unique in the definition, kept across edits: with the received message's id it makes the control id. */
  readonly message: string;
  /** What it begins with: nothing, or the message that `json` gives. */
  readonly from: 'nothing' | 'json';
  /** JSONata that gives JSON of a message, as `hl7 json` makes it. */
  readonly json: string;
  /** MSH-9; '' where JSON states it. */
  readonly messageType: string;
  /** MSH-3, or `MSH-3|MSH-4`. */
  readonly sender: string;
  /** MSH-5, or `MSH-5|MSH-6`. */
  readonly receiver: string;
  readonly hl7Version: string;
  readonly processing: 'P' | 'T' | 'D';
  /** MSH-18; '': none while all is ASCII, else UNICODE UTF-8. */
  readonly charset: string;
  readonly steps: readonly Step[];
  /** JSONata for MSH-7; '': when the message that it comes of was received. */
  readonly time: string;
  /** JSONata for MSH-10; '': made from the received message, `message` and `discriminator`. */
  readonly controlId: string;
  /** JSONata that tells messages built of one received message apart; '': the event's id. */
  readonly discriminator: string;
}

const TYPE = /^[A-Z][A-Z0-9]{2}(\^[A-Z][A-Z0-9]{2}(\^[A-Z0-9_]{1,20})?)?$/;
const PARTY = /^[^|\r\n]{1,227}(\|[^|\r\n]{1,227})?$/;
const VERSION = /^\d\.\d{1,2}(\.\d)?$/;
const CHARSET = /^[A-Za-z0-9/ -]{1,30}$/;

const party = (value: unknown): 'kit.problem.party' | null =>
  text(value) === '' || PARTY.test(text(value)) ? null : 'kit.problem.party';

export const hl7Build: NodeDeclaration<Hl7BuildProperties> = {
  type: 'hl7 build',
  properties: {
    name: { value: '' },
    message: { value: '', check: identity },
    from: { value: 'nothing', check: oneOf('nothing', 'json') },
    json: {
      value: '',
      expression: 'always',
      check: (value, all) => (all.from === 'json' && text(value) === '' ? 'kit.problem.needed' : null),
    },
    messageType: {
      value: '',
      check: (value, all) =>
        TYPE.test(text(value)) || (text(value) === '' && all.from === 'json') ? null : 'kit.problem.message-type',
    },
    sender: { value: 'WARDFLOW', check: party },
    receiver: { value: '', check: party },
    hl7Version: {
      value: '2.5.1',
      check: (value, all) =>
        VERSION.test(text(value)) || (text(value) === '' && all.from === 'json') ? null : 'kit.problem.hl7-version',
    },
    processing: { value: 'P', check: oneOf('P', 'T', 'D') },
    charset: {
      value: '',
      check: (value) => (text(value) === '' || CHARSET.test(text(value)) ? null : 'kit.problem.charset'),
    },
    steps: { value: [], check: stepsCheck(0), rowExpressions: ['when'] },
    time: { value: '', expression: 'always' },
    controlId: { value: '', expression: 'always' },
    discriminator: { value: '', expression: 'always' },
  },
};
