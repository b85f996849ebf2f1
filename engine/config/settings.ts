/** Every setting, declared once: parser, `Config`, the docs table and the children's environment come from here. */
import { join, resolve } from 'node:path';
import { packageRoot } from '../base/package-root.ts';
import {
  choice,
  days,
  file,
  folder,
  httpUrl,
  number,
  onOff,
  port,
  secret,
  word,
  words,
  type Setting,
} from './setting.ts';

export const SETTINGS = {
  dataFolder: folder('WARDFLOW_DATA', {
    // Hidden, so that formatters, file watchers and searches over a checkout leave the databases alone.
    initial: (cwd) => resolve(cwd, '.wardflow'),
    defaultText: '`.wardflow` where Wardflow is started',
    text: 'Where everything durable is kept: journals, accounts, bindings, `run.json`. Back this folder up.',
  }),
  flowsFolder: folder('WARDFLOW_FLOWS', {
    initial: () => join(packageRoot(), 'flows'),
    defaultText: 'the shipped `flows`',
    text: 'The folder of definitions. A site keeps its own in its own repository.',
  }),
  governancePort: port('WARDFLOW_GOVERNANCE_PORT', { initial: 4000, text: 'The console in the browser.' }),
  host: word('WARDFLOW_HOST', {
    initial: '127.0.0.1',
    pattern: /^[A-Za-z0-9.:_-]{1,253}$/,
    limits: 'an address or name of this machine; `0.0.0.0` or `::` for all',
    text: 'Where the console listens for HTTPS. Other than loopback only with a certificate.',
  }),
  httpsPort: port('WARDFLOW_HTTPS_PORT', {
    initial: 4443,
    text: 'The console over HTTPS, where there is a certificate.',
  }),
  tlsCert: file('WARDFLOW_TLS_CERT', {
    defaultText: 'none: no HTTPS',
    text: 'Certificate of the console with its chain, PEM. Looked at every minute and on SIGHUP, so that a renewed one needs no restart.',
  }),
  tlsKey: file('WARDFLOW_TLS_KEY', {
    defaultText: 'none: no HTTPS',
    text: 'Private key of that certificate, PEM, without a passphrase.',
  }),
  publicUrl: httpUrl('WARDFLOW_PUBLIC_URL', {
    defaultText: 'the names in the certificate',
    text: 'What people type to reach the console, e.g. where a reverse proxy stands in front of it.',
  }),
  stagingPort: port('WARDFLOW_STAGING_PORT', { initial: 1880, text: 'Editor and API of the staging runtime.' }),
  mllpPort: port('WARDFLOW_MLLP_PORT', {
    initial: 2575,
    text: 'Where the feed `hospital` listens for HL7 v2 over MLLP (staging).',
  }),
  productionPort: port('WARDFLOW_PRODUCTION_PORT', {
    initial: 1881,
    text: 'Editor (for reading) and API of the production runtime.',
  }),
  productionMllpPort: port('WARDFLOW_PRODUCTION_MLLP_PORT', {
    initial: 2576,
    text: 'Where the feed `hospital` listens for HL7 v2 over MLLP (production).',
  }),
  fhirBase: httpUrl('WARDFLOW_FHIR_BASE', {
    defaultText: 'the sandbox server with `--demo`; otherwise the endpoint `ehr` is unbound',
    text: 'Base URL of the FHIR R4 server behind the endpoint `ehr`.',
  }),
  adminPassword: secret('WARDFLOW_ADMIN_PASSWORD', {
    min: 12,
    max: 256,
    defaultText: 'random, printed once',
    text: 'Password of the first administrator; used only when there is no account yet.',
  }),
  totpRoles: words('WARDFLOW_TOTP_ROLES', {
    limits: 'roles with commas between them, `all` or `none`',
    defaultText: '`none` on loopback, `all` where the console is reached from other machines',
    text: 'Whose logins need a second step: people with one of these roles set it up at their next login.',
  }),
  taskPollSeconds: number('WARDFLOW_TASK_POLL_SECONDS', {
    initial: 15,
    min: 1,
    max: 3600,
    text: 'How often the FHIR server is asked whether somebody has taken up a watched Task.',
  }),
  reconcileHours: number('WARDFLOW_RECONCILE_HOURS', {
    initial: 24,
    min: 0,
    max: 8760,
    whole: true,
    limits: '0 to 8760; 0: never',
    text: 'How old a write on a FHIR server may be that is compared with what the server holds.',
  }),
  backlogLimit: number('WARDFLOW_BACKLOG_LIMIT', {
    initial: 100_000,
    min: 1,
    max: 100_000_000,
    whole: true,
    text: 'Messages of one feed that may wait to be processed before its acknowledgements are withheld.',
  }),
  mllpFrameSeconds: number('WARDFLOW_MLLP_FRAME_SECONDS', {
    initial: 30,
    min: 1,
    max: 3600,
    whole: true,
    text: 'How long a message may take from its first byte to its last before its MLLP connection is closed.',
  }),
  mllpMaxConnections: number('WARDFLOW_MLLP_MAX_CONNECTIONS', {
    initial: 256,
    min: 1,
    max: 65_535,
    whole: true,
    text: 'MLLP connections of one feed. Beyond it one that has never sent a message makes room, or the new one is closed.',
  }),
  mllpMaxPerAddress: number('WARDFLOW_MLLP_MAX_PER_ADDRESS', {
    initial: 128,
    min: 1,
    max: 65_535,
    whole: true,
    text: 'MLLP connections of one feed from one address, e.g. of an interface engine that sends for a whole site.',
  }),
  mllpMaxPendingMib: number('WARDFLOW_MLLP_MAX_PENDING_MIB', {
    initial: 256,
    // One message of the largest size (32 MiB) has to fit, in a buffer that doubles as it grows.
    min: 64,
    max: 65_536,
    whole: true,
    text: 'Memory for the unfinished messages of one feed, in MiB. Beyond it the connection with the largest is closed.',
  }),
  logLevel: choice('WARDFLOW_LOG_LEVEL', {
    initial: 'info',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
    text: 'How much the processes log.',
  }),
  store: choice('WARDFLOW_STORE', {
    initial: 'sqlite',
    values: ['sqlite', 'mongodb'],
    text: 'Where journals and queues are kept: embedded in the data folder, or on a MongoDB replica set.',
  }),
  mongodbUrl: secret('WARDFLOW_MONGODB_URL', {
    min: 11,
    max: 4096,
    defaultText: 'none; needed with `WARDFLOW_STORE=mongodb`',
    text: 'Connection string of the MongoDB replica set (6.0 or newer), with the name of the replica set. Each environment gets a database of its own: the name in it, `_` and the environment.',
  }),
  retentionBodiesDays: days('WARDFLOW_RETENTION_BODIES_DAYS', {
    text: 'After how many days the body of a finished message is removed. What is waiting, dead or unanswered stays.',
  }),
  retentionMessagesDays: days('WARDFLOW_RETENTION_MESSAGES_DAYS', {
    text: 'After how many days a finished message is removed with all that belongs to it. The audit trail stays.',
  }),
  environment: choice('WARDFLOW_ENVIRONMENT', {
    initial: 'staging',
    values: ['staging', 'production'],
    text: 'Which environment a runtime is; set by `wardflow up` for the processes it starts.',
  }),
  releasesFrom: httpUrl('WARDFLOW_RELEASES_FROM', {
    defaultText: 'none: releases of production are ordered here',
    text: 'The console of another host, where releases of production are ordered: they are fetched from there (https, or http on loopback).',
  }),
  releasesTokenFile: file('WARDFLOW_RELEASES_TOKEN_FILE', {
    defaultText: 'none; needed with `WARDFLOW_RELEASES_FROM`',
    text: 'File with the token of a service account there with the scope `release:read`.',
  }),
  demoFeed: onOff('WARDFLOW_DEMO_FEED', {
    initial: true,
    text: 'With `--demo`: whether the synthetic hospital sends messages.',
  }),
  demoSpeed: number('WARDFLOW_DEMO_SPEED', {
    initial: 60,
    min: 0.1,
    max: 100_000,
    text: 'With `--demo`: how many times faster than real time the synthetic day runs.',
  }),
  demoFhirPort: port('WARDFLOW_DEMO_FHIR_PORT', {
    initial: 0,
    text: 'With `--demo`: port of the sandbox FHIR server.',
  }),
} as const;

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** All settings with their values; folders are absolute. Frozen. */
export type Config = { readonly [Key in keyof typeof SETTINGS]: ValueOf<(typeof SETTINGS)[Key]> };

export type SettingKey = keyof Config;
export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

/** The settings as a Markdown table, for docs/reference/settings.md; a test compares the two. */
export function settingsTable(): string {
  const rows = SETTING_KEYS.map((key) => {
    const { env, kind, limits, defaultText, text } = SETTINGS[key];
    return `| \`${env}\` | ${text} | ${kind}: ${limits} | ${defaultText} |`;
  });
  return ['| setting | what it is | takes | default |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}
