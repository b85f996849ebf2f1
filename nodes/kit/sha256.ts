import { hash } from 'node:crypto';

/** SHA-256, hex: keys that may be made of identifiers are kept and compared in this form only. */
export const sha256 = (text: string): string => hash('sha256', text);
