export interface Finding {
  readonly level: 'ok' | 'note' | 'warning' | 'error';
  /** What was looked at: `data folder`. */
  readonly about: string;
  readonly text: string;
  /** What to do; absent where nothing needs doing. */
  readonly remedy?: string;
}

export const ok = (about: string, text: string): Finding => ({ level: 'ok', about, text });
export const note = (about: string, text: string): Finding => ({ level: 'note', about, text });
export const warning = (about: string, text: string, remedy: string): Finding => ({
  level: 'warning',
  about,
  text,
  remedy,
});
export const wrong = (about: string, text: string, remedy: string): Finding => ({
  level: 'error',
  about,
  text,
  remedy,
});
