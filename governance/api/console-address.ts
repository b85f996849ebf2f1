/** Addresses of the console's pages: those of an environment behind the gate begin with its name (`/production/messages`). */
const BEHIND_THE_GATE: readonly string[] = ['production'];
const STAGING = 'staging';

export function environmentOf(path: string): string {
  const [, first = ''] = path.split('/');
  return BEHIND_THE_GATE.includes(first) ? first : STAGING;
}

/** What addresses of an environment begin with. */
export const baseOf = (environment: string): string => (environment === STAGING ? '' : `/${environment}`);

/** The same section in another environment; what is shown of one message is not there. */
export function sectionIn(environment: string, path: string): string {
  const here = baseOf(environmentOf(path));
  const [, section = ''] = path.slice(here.length).split('/');
  return `${baseOf(environment)}/${section}`;
}
