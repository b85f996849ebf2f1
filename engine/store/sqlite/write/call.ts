/** What the writing worker was asked; positions in the arguments are of `bytes`. */
export interface Call {
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly bytes: Uint8Array;
}
