import { pino, type DestinationStream, type Logger } from 'pino';
import { WardflowError } from './errors.ts';

/**
 * A log that cannot carry clinical content by accident: a line is a fixed sentence plus fields from a closed list.
 * There is no field for a message, a body, a URL or a free object, and an Error is reduced to its catalogue code
 * (or its class name): messages of foreign errors may quote what they were given.
 */
export interface LogFields {
  part?: string;
  messageId?: string;
  workId?: string;
  feed?: string;
  endpoint?: string;
  definition?: string;
  subscription?: string;
  node?: string;
  nodeType?: string;
  effect?: string;
  state?: string;
  code?: string;
  status?: number;
  attempt?: number;
  count?: number;
  /** Number of a release. */
  release?: number;
  ms?: number;
  port?: number;
  host?: string;
  path?: string;
  pid?: number;
  setting?: string;
  actor?: string;
  /** Whom a client's TLS certificate names: a system, never a patient. */
  subject?: string;
  error?: unknown;
}

export interface Log {
  info(sentence: string, fields?: LogFields): void;
  warn(sentence: string, fields?: LogFields): void;
  error(sentence: string, fields?: LogFields): void;
  debug(sentence: string, fields?: LogFields): void;
  with(fields: LogFields): Log;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const FIELDS = new Set<string>(
  (
    'part messageId workId feed endpoint definition subscription node nodeType effect state code status attempt ' +
    'count release ms port host path pid setting actor subject error'
  ).split(' '),
);

/** JSON lines to `destination` (default: standard error, so that standard output stays for answers). */
export function createLog(level: LogLevel = 'info', destination?: DestinationStream): Log {
  const base: Logger = pino(
    { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"`, messageKey: 'text' },
    destination ?? standardError(),
  );
  return wrap(base, {});
}

/** Lines that standard error does not take wait for it, so many bytes of them. */
const MOST_WAITING = 1024 * 1024;

/** Where it ends in a file on a full disk, lines wait or are lost: a process that cannot log goes on with its work. */
function standardError(): DestinationStream {
  const destination = pino.destination({ dest: 2, sync: true, maxLength: MOST_WAITING });
  destination.on('error', () => undefined);
  return destination;
}

/** For tests and tools that want no output. */
export const silentLog: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
  with: () => silentLog,
};

function wrap(base: Logger, bound: LogFields): Log {
  const write = (level: 'info' | 'warn' | 'error' | 'debug', sentence: string, fields: LogFields = {}): void =>
    base[level](clean({ ...bound, ...fields }), sentence);
  return {
    info: (sentence, fields) => write('info', sentence, fields),
    warn: (sentence, fields) => write('warn', sentence, fields),
    error: (sentence, fields) => write('error', sentence, fields),
    debug: (sentence, fields) => write('debug', sentence, fields),
    with: (fields) => wrap(base, { ...bound, ...fields }),
  };
}

function clean(fields: LogFields): Record<string, string | number> {
  const out: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!FIELDS.has(name)) continue;
    if (name === 'error') out['error'] = errorName(value);
    else if (typeof value === 'string' || typeof value === 'number') out[name] = value;
  }
  return out;
}

/** What may be said of an error in a log: its catalogue code, a Node.js system code, or its class. */
export function errorName(error: unknown): string {
  if (error instanceof WardflowError) return error.code;
  if (error instanceof Error) {
    const code: unknown = (error as { code?: unknown }).code;
    return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : error.constructor.name;
  }
  return typeof error;
}
