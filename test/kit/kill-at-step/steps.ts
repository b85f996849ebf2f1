/**
 * Steps in the life of a message at which a runtime under test can be made to kill itself. Those of a store operation
 * are told apart by how far it is: `asked` (the engine calls it), `committing` (all of it is in the open transaction),
 * `committed` (it is kept, and nobody has heard so yet), `answered` (the engine is about to hear).
 */
export const OPERATIONS = [
  'journal.accept',
  'work.claim',
  'gate.admit',
  'effects.begin',
  'effects.finish',
  'work.settle',
] as const;
export const MOMENTS = ['asked', 'committing', 'committed', 'answered'] as const;

export type StoreStep = `${(typeof OPERATIONS)[number]} ${(typeof MOMENTS)[number]}`;

export type Step =
  | StoreStep
  /** A new message is on the disk beside the embedded store's database, which does not have it yet; its sender has heard nothing. */
  | 'arrival kept'
  /** The acknowledgement, as a write to the sender's socket. */
  | 'acknowledgement writing'
  | 'acknowledgement written'
  /** A write to the FHIR server: nothing has left; all of it has left; the answer has begun to come. */
  | 'write sending'
  | 'write sent'
  | 'write answered'
  /** A notice to the people at the console. */
  | 'notice showing'
  | 'notice shown';
