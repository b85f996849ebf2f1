import type { ErrorDetails, WardflowError } from '../base/errors.ts';
import { hl7Errors } from './errors.ts';
import { tryPath } from './path.ts';

/**
 * An error of the codec with the place it is about: `path` for people, and for programs `segment`, `occurrence`, `field`,
 * `repetition`, `component` and `subcomponent`, as far as the path says them.
 */
export function refusal(
  code: Parameters<typeof hl7Errors.create>[0],
  path: string,
  more: ErrorDetails = {},
): WardflowError {
  const place = Object.entries(tryPath(path) ?? {}).filter(([, value]) => value !== 0 && value !== '');
  return hl7Errors.create(code, { ...Object.fromEntries(place), path, ...more });
}
