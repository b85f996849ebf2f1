/** How one setting is declared: everything that is known about it in one place, so that parser, docs and screens agree. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

export interface Setting<T> {
  /** Name in the environment. */
  readonly env: string;
  /** For people: `port`, `folder`, … */
  readonly kind: string;
  /** For people: what values are taken. */
  readonly limits: string;
  /** For people: what holds when it is not set. */
  readonly defaultText: string;
  readonly text: string;
  /** Never shown, never logged, given only to the process that needs it. */
  readonly secret: boolean;
  /** What holds when it is not set; `cwd` is where the process was started. */
  initial(cwd: string): T;
  /** The value, or what is wrong with the text (never quoting a secret). */
  parse(text: string, cwd: string): { readonly value: T } | { readonly problem: string };
  /** The text that `parse` turns into this value; `null`: leave the variable unset. */
  format(value: T): string | null;
}

interface Told {
  readonly text: string;
}

export function folder(
  env: string,
  told: Told & { initial: (cwd: string) => string; defaultText: string },
): Setting<string> {
  return {
    env,
    kind: 'folder',
    limits: 'a path, absolute or relative to where Wardflow is started',
    defaultText: told.defaultText,
    text: told.text,
    secret: false,
    initial: told.initial,
    parse(text, cwd) {
      if (text.includes('\0')) return { problem: 'is not a path' };
      if (text === '~' || text.startsWith('~/')) return { value: join(homedir(), text.slice(1)) };
      return { value: isAbsolute(text) ? resolve(text) : resolve(cwd, text) };
    },
    format: (value) => value,
  };
}

export function word(env: string, told: Told & { initial: string; pattern: RegExp; limits: string }): Setting<string> {
  return {
    env,
    kind: 'text',
    limits: told.limits,
    defaultText: told.initial,
    text: told.text,
    secret: false,
    initial: () => told.initial,
    parse: (text) => (told.pattern.test(text) ? { value: text } : { problem: `takes ${told.limits}` }),
    format: (value) => value,
  };
}

export function port(env: string, told: Told & { initial: number }): Setting<number> {
  return number(env, {
    ...told,
    min: 0,
    max: 65535,
    whole: true,
    kind: 'port',
    limits: '0 to 65535; 0 takes a free port',
  });
}

export function number(
  env: string,
  told: Told & { initial: number; min: number; max: number; whole?: boolean; kind?: string; limits?: string },
): Setting<number> {
  const limits = told.limits ?? `${told.min} to ${told.max}`;
  return {
    env,
    kind: told.kind ?? 'number',
    limits,
    defaultText: String(told.initial),
    text: told.text,
    secret: false,
    initial: () => told.initial,
    parse(text) {
      const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= told.min && value <= told.max) || (told.whole === true && !Number.isInteger(value)))
        return { problem: `takes ${limits}` };
      return { value };
    },
    format: String,
  };
}

/** How long something is kept; `null`: for ever. */
export function days(env: string, told: Told): Setting<number | null> {
  const most = 36_500;
  return {
    env,
    kind: 'number',
    limits: `1 to ${most} days`,
    defaultText: 'kept',
    text: told.text,
    secret: false,
    initial: () => null,
    parse(text) {
      const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
      return value >= 1 && value <= most ? { value } : { problem: `takes 1 to ${most} days` };
    },
    format: (value) => (value === null ? null : String(value)),
  };
}

export function choice<const V extends string>(
  env: string,
  told: Told & { initial: V; values: readonly V[] },
): Setting<V> {
  return {
    env,
    kind: 'choice',
    limits: told.values.join(', '),
    defaultText: told.initial,
    text: told.text,
    secret: false,
    initial: () => told.initial,
    parse(text) {
      const value = told.values.find((one) => one === text);
      return value === undefined ? { problem: `takes one of ${told.values.join(', ')}` } : { value };
    },
    format: (value) => value,
  };
}

export function onOff(env: string, told: Told & { initial: boolean }): Setting<boolean> {
  return {
    env,
    kind: 'switch',
    limits: 'on, off',
    defaultText: told.initial ? 'on' : 'off',
    text: told.text,
    secret: false,
    initial: () => told.initial,
    parse: (text) => (text === 'on' || text === 'off' ? { value: text === 'on' } : { problem: 'takes on or off' }),
    format: (value) => (value ? 'on' : 'off'),
  };
}

/** A few words; `null`: unset. */
export function words(
  env: string,
  told: Told & { defaultText: string; limits: string },
): Setting<readonly string[] | null> {
  return {
    env,
    kind: 'list',
    limits: told.limits,
    defaultText: told.defaultText,
    text: told.text,
    secret: false,
    initial: () => null,
    parse(text) {
      const all = text.split(',').map((one) => one.trim());
      const fit = all.length <= 50 && all.every((one) => /^[A-Za-z0-9._-]{1,253}$/.test(one));
      return fit ? { value: all } : { problem: `takes ${told.limits}` };
    },
    format: (value) => (value === null ? null : value.join(',')),
  };
}

/** `null`: unset. */
export function file(env: string, told: Told & { defaultText: string }): Setting<string | null> {
  const path = folder(env, { ...told, initial: (cwd) => cwd });
  return { ...path, kind: 'file', initial: () => null, format: (value) => value };
}

export function httpUrl(env: string, told: Told & { defaultText: string }): Setting<string | null> {
  return {
    env,
    kind: 'URL',
    limits: 'http:// or https://, without user name, query or fragment',
    defaultText: told.defaultText,
    text: told.text,
    secret: false,
    initial: () => null,
    parse(text) {
      const url = URL.canParse(text) ? new URL(text) : null;
      if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
        return { problem: 'takes a URL that begins with http:// or https://' };
      if (url.username !== '' || url.password !== '')
        return { problem: 'must not carry a user name or password: credentials belong in the bindings' };
      if (url.search !== '' || url.hash !== '') return { problem: 'must not have a query or a fragment' };
      return { value: url.href.replace(/\/+$/, '') };
    },
    format: (value) => value,
  };
}

export function secret(
  env: string,
  told: Told & { defaultText: string; min: number; max: number },
): Setting<string | null> {
  const limits = `${told.min} to ${told.max} characters`;
  return {
    env,
    kind: 'secret',
    limits,
    defaultText: told.defaultText,
    text: told.text,
    secret: true,
    initial: () => null,
    parse: (text) =>
      text.length >= told.min && text.length <= told.max ? { value: text } : { problem: `takes ${limits}` },
    format: (value) => value,
  };
}
