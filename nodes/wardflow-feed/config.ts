/** What a feed means. Where it listens is bound per environment (`bindings.json`), under the same name. */
import { identity, oneOf, text, wholeNumber } from '../kit/checks.ts';
import type { NodeDeclaration, Problem } from '../kit/properties.ts';

export interface FeedProperties {
  /** Logical name, as in `bindings.json`. */
  readonly name: string;
  readonly lane: 'stat' | 'urgent' | 'routine' | 'bulk';
  /** HL7 paths separated by commas; the first that has a value orders the work; empty: no order is kept. */
  readonly orderingPath: string;
  readonly afterDead: 'hold' | 'continue';
  readonly deadlineSeconds: number;
  readonly resendWindowDays: number;
  /** IANA zone or offset; empty: times without a zone stay without one. */
  readonly zone: string;
  readonly fallbackCharset: string;
  /** A frame that begins with FHS or BHS goes to quarantine, or its messages are taken over one by one. */
  readonly batches: 'quarantine' | 'split';
  /** HL7 v2 chapter 2, 2.9.2 and 2.9.3. */
  readonly acknowledgement: 'original' | 'enhanced';
  /** Enhanced: how long flows have to answer. */
  readonly answerSeconds: number;
  /** Enhanced: id of the receiver's config node that answers go to; empty: the sender's own connection. */
  readonly answerEndpoint: string;
}

const PATH = /^[A-Z][A-Z0-9]{2}(\[\d+\])?-\d{1,3}(\[\d+\])?(\.\d{1,2}){0,2}$/;
const ZONE = /^([A-Za-z_]+(\/[A-Za-z0-9_+-]+){0,2}|[+-]\d{2}:?\d{2})$/;

export const orderingPaths = (value: unknown): readonly string[] =>
  text(value)
    .split(/[,\s]+/)
    .filter((path) => path !== '');

const paths = (value: unknown): Problem =>
  orderingPaths(value).every((path) => PATH.test(path)) ? null : 'kit.problem.hl7-path';

const zone = (value: unknown): Problem => (text(value) === '' || ZONE.test(text(value)) ? null : 'kit.problem.zone');

export const feed: NodeDeclaration<FeedProperties> = {
  type: 'wardflow-feed',
  properties: {
    name: { value: 'hospital', check: identity },
    lane: { value: 'routine', check: oneOf('stat', 'urgent', 'routine', 'bulk') },
    orderingPath: { value: 'PID-3.1', check: paths },
    afterDead: { value: 'hold', check: oneOf('hold', 'continue') },
    deadlineSeconds: { value: 60, check: wholeNumber(5, 3600) },
    resendWindowDays: { value: 7, check: wholeNumber(0, 90) },
    zone: { value: '', check: zone },
    fallbackCharset: { value: 'UNICODE UTF-8', check: (value) => (text(value) === '' ? 'kit.problem.needed' : null) },
    batches: { value: 'quarantine', check: oneOf('quarantine', 'split') },
    acknowledgement: { value: 'original', check: oneOf('original', 'enhanced') },
    answerSeconds: { value: 60, check: wholeNumber(1, 86_400) },
    answerEndpoint: { value: '', configNode: 'wardflow-hl7-endpoint' },
  },
};
