import { endpointErrors } from './errors.ts';

/** An endpoint whose entry in bindings.json cannot be used, as people are told of it; no value of the entry is in it. */
export interface LeftOutView {
  readonly name: string;
  readonly text: string;
  readonly remedy: string;
}

export function leftOutView({ name, problems }: { readonly name: string; readonly problems: string }): LeftOutView {
  const { message, remedy } = endpointErrors.create('endpoint-left-out', { endpoint: name, problems });
  return { name, text: message, remedy };
}
