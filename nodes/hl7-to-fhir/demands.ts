import { conversionErrors, type Conversion } from '../../engine/index.ts';
import type { Hl7ToFhirProperties } from './config.ts';

const MOST_NAMED = 10;

/** What the form does not let pass. @throws WardflowError `conversion-type-unknown`, `conversion-code-quarantined` */
export function refuseWhatMustNotPass(
  { mapping, unmapped }: Conversion,
  { unknownCodes, unknownType }: Pick<Hl7ToFhirProperties, 'unknownCodes' | 'unknownType'>,
): void {
  if (!mapping && unknownType === 'fail') throw conversionErrors.create('conversion-type-unknown');
  if (unknownCodes === 'report') return;
  const wrong = unmapped.filter(
    ({ reason, policy }) => reason === 'code-unknown' && (unknownCodes === 'fail' || policy === 'quarantine'),
  );
  if (wrong.length === 0) return;
  const named = wrong.slice(0, MOST_NAMED).map(({ source, map }) => (map === null ? source : `${source} (${map})`));
  const more = wrong.length > MOST_NAMED ? ` and ${wrong.length - MOST_NAMED} more` : '';
  throw conversionErrors.create('conversion-code-quarantined', {
    count: wrong.length === 1 ? 'One code' : `${wrong.length} codes`,
    places: `${named.join(', ')}${more}`,
  });
}
