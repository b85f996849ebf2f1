import type { DeclaredFallback } from './declared-fallback.ts';
import type { Doubt } from './fallback.ts';

/** Whether the intent asks a person about such doubts. */
export const doubtDeclared = (declared: DeclaredFallback | undefined, { trigger }: Pick<Doubt, 'trigger'>): boolean =>
  declared?.triggers.some(({ kind }) => kind === trigger) ?? false;
