import { shortKey } from './identity-words.ts';

/** A patient's number, as far as it may be told: the start of its key. */
export const NumberKey = ({ of }: { readonly of: string }) => (
  <code title="Start of the key that stands for a number of the patient">{shortKey(of)}</code>
);
