/** A trail as people call it. */
export const chainName = (chain: string): string => (chain === 'console' ? 'Console' : `Runtime ${chain}`);

/** Nobody compares more than twelve digits by eye. */
export const shortHash = (text: string): string => (/^[0-9a-f]{40,64}$/.test(text) ? text.slice(0, 12) : text);

/** Entries that tell of somebody being told, or of what was done for it: there is a page that says why. */
export const TELLS = /^(escalation\.|notice\.|task\.|effect\.done$)/;
