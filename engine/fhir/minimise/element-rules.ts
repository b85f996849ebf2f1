import { ELEMENTS } from '../generated/elements.ts';

export interface ElementRules {
  /** Elements without which R4 takes none, `medication[x]` among them. */
  readonly mandatory: readonly string[];
  /** Elements that change the meaning of others (R4 2.24.0.9): without them the rest says something else. */
  readonly modifiers: ReadonlySet<string>;
}

const MODIFIERS_OF_ALL = ['implicitRules', 'modifierExtension'];
const NONE: ElementRules = { mandatory: [], modifiers: new Set(MODIFIERS_OF_ALL) };

let read: ReadonlyMap<string, ElementRules> | undefined;

/** A type that R4 does not know has no rules. */
export function elementRules(type: string): ElementRules {
  return rulesByType().get(type) ?? NONE;
}

export const isR4Type = (type: unknown): type is string => typeof type === 'string' && rulesByType().has(type);

function rulesByType(): ReadonlyMap<string, ElementRules> {
  return (read ??= new Map(
    ELEMENTS.split('\n').map((line) => {
      const [name = '', mandatory = '', modifiers = ''] = line.split('~');
      return [name, { mandatory: words(mandatory), modifiers: new Set([...words(modifiers), ...MODIFIERS_OF_ALL]) }];
    }),
  ));
}

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');
