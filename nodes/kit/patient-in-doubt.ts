/** What becomes of a message of which it is not certain whom it is about, as identity.json says. */
import type { ClaimedWork, IdentityFinding, IdentityRules, TakeHow } from '../../engine/index.ts';
import type { NodeHandle } from './register.ts';

/** As the engine takes note of whose work it is: what it finds for a first delivery holds for its repeats. */
export const deliveryOf = ({ firstDeliveredAt, attempt }: ClaimedWork): NonNullable<TakeHow['delivery']> => {
  return { firstAt: firstDeliveredAt, repeated: attempt > 1 };
};

/**
 * `held`: a person is asked, and it comes again after the answer. `again`: a person has let it go on, and nothing was told of it
 * yet, so that what has been answered since counts.
 */
export async function inDoubt<T extends object>(
  { services, place }: Pick<NodeHandle<T>, 'services' | 'place'>,
  work: ClaimedWork,
  { unsure }: IdentityRules,
  { verdict, reasons }: IdentityFinding,
): Promise<'held' | 'again' | 'goes-on'> {
  if (verdict !== 'review' || unsure !== 'hold') return 'goes-on';
  const outcome = await services.engine.fallbacks.doubt(work, {
    trigger: 'incomplete-data',
    node: { id: place.id, name: place.name },
    sentence: `Who the patient is, is not certain: ${reasons.join(', ')}.`,
  });
  if (outcome === 'held') return 'held';
  return outcome === 'reviewed' ? 'again' : 'goes-on';
}
