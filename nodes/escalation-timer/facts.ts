import type { WardflowMessage } from '../../runtime/services.ts';
import type { Expression } from '../kit/expression.ts';
import { formerValues } from '../kit/identity.ts';

/** What an escalation is about, and what that was called by the patient's other numbers. */
export async function factsOf(
  msg: WardflowMessage,
  fact: Expression,
): Promise<{ readonly fact: string; readonly formerFacts?: readonly string[] }> {
  const own = await fact.string(msg);
  const formerFacts = await formerValues(msg, own, (other) => fact.string(other));
  return { fact: own, ...(formerFacts.length > 0 && { formerFacts }) };
}
