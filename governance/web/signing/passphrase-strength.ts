/** How well a passphrase holds against guessing, in words. Pure. */

export interface Strength {
  readonly enough: boolean;
  readonly text: string;
}

/** As `createKey` demands (governance/bundle/key-file.ts). */
const LEAST = 12;
/** With 600,000 rounds of PBKDF2 a guess is dear; below this many bits it is still affordable. */
const FAIR_BITS = 50;
const STRONG_BITS = 75;
/** A word that people choose is one of some two thousand. */
const BITS_A_WORD = 11;

export function passphraseStrength(passphrase: string, person: string): Strength {
  if (passphrase === '') return { enough: false, text: `At least ${LEAST} characters; four or more words are best.` };
  const missing = LEAST - passphrase.length;
  if (missing > 0) return { enough: false, text: `${missing} more ${missing === 1 ? 'character' : 'characters'}` };
  const bits = guessBits(passphrase.toLowerCase().replaceAll(person.toLowerCase(), ''));
  if (bits < FAIR_BITS) return { enough: true, text: 'Weak: a few words more, without your name, make it hold' };
  return { enough: true, text: bits < STRONG_BITS ? 'Fair: one more word makes it strong' : 'Strong' };
}

/** The smaller of two estimates: sign by sign, and word by word. */
function guessBits(text: string): number {
  const signs = new Set(text);
  const kinds = [
    { sign: /[a-z]/, size: 26 },
    { sign: /[0-9]/, size: 10 },
    { sign: /[^a-z0-9]/, size: 33 },
  ];
  const pool = kinds.reduce((sum, { sign, size }) => sum + (sign.test(text) ? size : 0), 0);
  const bySign = Math.min(text.length, signs.size * 2) * Math.log2(Math.max(2, pool));
  const words = new Set(text.split(/[^\p{L}]+/u).filter((word) => word.length > 2));
  const letters = [...words].reduce((sum, word) => sum + word.length, 0);
  const other = text.length - letters;
  return words.size === 0 ? bySign : Math.min(bySign, words.size * BITS_A_WORD + other * 5);
}
