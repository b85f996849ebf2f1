/** One thing that an environment was ordered to run, as the log keeps it. */
import { describeProblems, schemaCheck } from '../../engine/index.ts';
import type { Envelope } from '../bundle/index.ts';
import { releaseErrors } from './errors.ts';

interface Common {
  readonly sequence: number;
  /** Hashes of the bundle that was ordered, and of the one that ran before. */
  readonly bundle: string;
  readonly previous: string | null;
  readonly person: string;
  /** When it was signed and when carried out, in milliseconds since 1970. */
  readonly orderedAt: number;
  readonly acceptedAt: number;
  /** The version of the trust store under which it was judged. */
  readonly trust: TrustVersion;
  /** SHA-256 of what was signed: the release's own name. */
  readonly hash: string;
  /** What a bundle that runs here for the first time may change: what ran, and under broken glass what ran before it. */
  readonly bases: readonly (string | null)[];
  /**
   * When its bundle was ordered here first, and the trust store of then: its approvals are judged by these, so that going
   * back to what was approved long ago needs nobody but who orders it.
   */
  readonly first: { readonly acceptedAt: number; readonly trust: TrustVersion };
  /** It ran here before by an order: this one goes back to it. */
  readonly ranBefore: boolean;
}
export interface OrderedRelease extends Common {
  readonly kind: 'order';
}
export interface BreakGlassRelease extends Common {
  readonly kind: 'break-glass';
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly reason: string;
}
export type Release = OrderedRelease | BreakGlassRelease;

export interface TrustVersion {
  readonly version: number;
  readonly hash: string;
}

/** A file of the log. */
export interface ReleaseFile {
  readonly kind: 'release';
  readonly format: 1;
  /** The signed order, or the signed break-glass. */
  readonly entry: Envelope;
  readonly trust: TrustVersion;
  /** ISO 8601, UTC. Not signed: it has to lie in the time that the signed statement allows. */
  readonly acceptedAt: string;
}

const HASH = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const check = schemaCheck<ReleaseFile>({
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'entry', 'trust', 'acceptedAt'],
  properties: {
    kind: { const: 'release' },
    format: { const: 1 },
    entry: { type: 'object' },
    trust: {
      type: 'object',
      additionalProperties: false,
      required: ['version', 'hash'],
      properties: { version: { type: 'integer', minimum: 1, maximum: 100_000 }, hash: HASH },
    },
    acceptedAt: { type: 'string', format: 'date-time', maxLength: 30 },
  },
});

const MOST_BYTES = 64 * 1024;

/** @throws WardflowError `release-invalid` */
export function readReleaseFile(content: string, environment: string, sequence: number): ReleaseFile {
  const invalid = (problem: string): Error =>
    releaseErrors.create('release-invalid', { environment, sequence, problem: `its file ${problem}.` });
  if (content.length > MOST_BYTES) throw invalid('is too large');
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw invalid('is not JSON');
  }
  if (!check.accepts(json)) throw invalid(describeProblems(check.problems(json)));
  return json;
}

export const releaseFileText = (file: ReleaseFile): string => `${JSON.stringify(file, null, 2)}\n`;
