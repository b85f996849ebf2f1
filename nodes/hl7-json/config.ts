/** An HL7 message as plain JSON and back, with nothing lost: line ends, escapes, unreadable bytes. */
import { oneOf } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface Hl7JsonProperties {
  readonly name: string;
  /** `auto`: whichever way what comes can go. */
  readonly direction: 'auto' | 'to-json' | 'to-hl7';
}

export const hl7Json: NodeDeclaration<Hl7JsonProperties> = {
  type: 'hl7 json',
  properties: {
    name: { value: '' },
    direction: { value: 'auto', check: oneOf('auto', 'to-json', 'to-hl7') },
  },
};
