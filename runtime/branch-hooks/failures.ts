/** Failures that the branch rule finds itself, each naming the node. */
import { WardflowError, type Failure, type ItemRules, type Place } from '../../engine/index.ts';
import { runtimeErrors } from '../errors.ts';

export function failureAt(place: Place, error: WardflowError): Failure {
  return {
    class: error.failureClass,
    code: error.code,
    text: error.message,
    remedy: error.remedy,
    node: { id: place.id, type: place.type, name: place.name ?? '' },
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.waitsFor === undefined ? {} : { waitsFor: error.waitsFor }),
  };
}

const named = (place: Place): { node: string; type: string } => ({
  node: place.name || place.id,
  type: place.type,
});

export const pathEnded = (place: Place): Failure => failureAt(place, runtimeErrors.create('path-ended', named(place)));

/** An error of ours keeps its class; any other is permanent, and its text stays out: it may quote the message. */
export const nodeFailed = (place: Place, error: unknown): Failure =>
  failureAt(place, error instanceof WardflowError ? error : runtimeErrors.create('node-failed', named(place)));

export const sourceFailed = (place: Place, error: unknown): Failure =>
  failureAt(place, error instanceof WardflowError ? error : runtimeErrors.create('source-failed', named(place)));

export const itemRules: ItemRules = {
  nothingSettled: (place) => failureAt(place, runtimeErrors.create('nothing-settled', named(place))),
  tooMany: (place, limit) => failureAt(place, runtimeErrors.create('too-many-branches', { ...named(place), limit })),
};
