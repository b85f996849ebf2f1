import { transcribed, type Hl7Message } from '../../../engine/index.ts';
import { nodeErrors } from '../errors.ts';
import { levelOf, pathOf, placeOf, type Level, type PlacePattern } from './place.ts';

export interface CopyWish {
  readonly from: Hl7Message;
  readonly to: Hl7Message;
  /** The place to copy from; its `[*]` mean the numbers of the place to copy to. */
  readonly source: string;
  readonly pattern: PlacePattern;
  readonly path: string;
  readonly occurrence: number;
  readonly repetition: number;
}

/**
 * What stands at the source, with its parts, as it is to stand at the target. Refused where the target cannot hold it: a
 * field with components put into a component would change the shape of the message.
 */
export function textToCopy({ from, to, source, pattern, path, occurrence, repetition }: CopyWish): string {
  const place = placeOf(source);
  if (!place) throw nodeErrors.create('hl7-copy-shape', { source: source.slice(0, 40), path });
  const number = place.occurrence === '*' ? occurrence : Number(place.occurrence);
  const read = pathOf(place, number, place.repetition === '*' ? repetition : place.repetition);
  const text = transcribed(from.raw(read), from.source.delimiters, to.source.delimiters);
  if (text === undefined || !fits(text, levelOf(pattern), to)) {
    throw nodeErrors.create('hl7-copy-shape', { source: read, path });
  }
  return text;
}

function fits(text: string, level: Level, { source }: Hl7Message): boolean {
  const { repetition, component, subcomponent } = source.delimiters;
  const breaks: Readonly<Record<Level, readonly string[]>> = {
    segment: [],
    field: [],
    repetition: [repetition],
    component: [repetition, component],
    subcomponent: [repetition, component, subcomponent],
  };
  return breaks[level].every((separator) => separator === '' || !text.includes(separator));
}
