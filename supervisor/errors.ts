import { defineErrors } from '../engine/index.ts';

/** Why Wardflow does not start, or stops again at once. */
export const supervisorErrors = defineErrors({
  'already-running': {
    class: 'permanent',
    text: 'Wardflow already runs on the data folder {folder} (process {pid}).',
    remedy: 'Use it, stop it with Ctrl-C where it was started, or set WARDFLOW_DATA to another folder.',
  },
  'port-taken': {
    class: 'permanent',
    text: 'Port {port} for {what} is taken by another program.',
    remedy: 'Stop that program, or set {setting} to another port (0 takes a free one).',
  },
  'port-refused': {
    class: 'permanent',
    text: 'Port {port} for {what} may not be used by this user.',
    remedy: 'Set {setting} to a port of 1024 or above (0 takes a free one).',
  },
  'data-folder-refused': {
    class: 'permanent',
    text: 'The data folder {folder} cannot be used ({cause}).',
    remedy: 'Make it a folder that this user may write, or set WARDFLOW_DATA to another one.',
  },
  'path-not-confinable': {
    class: 'permanent',
    text: 'A runtime cannot be confined to {path}: a * in it would allow everything that begins like what stands before.',
    remedy: 'Give the folder a name without *.',
  },
  'confinement-void': {
    class: 'permanent',
    text: 'A runtime may use all of {path}, and {guarded}, which it must not touch, is the same or lies in it.',
    remedy:
      'Keep the data folder and the definitions (WARDFLOW_DATA, WARDFLOW_FLOWS) apart, and both out of the program.',
  },
  'build-failed': {
    class: 'permanent',
    text: 'The nodes and pages could not be built (exit code {status}).',
    remedy: 'Run "npm ci" and then "npm run build"; the log is {log}.',
  },
  'process-failed': {
    class: 'permanent',
    text: 'The {process} process ended while it started: {reason}',
    remedy: 'Its log is {log}.',
  },
  'process-silent': {
    class: 'permanent',
    text: 'The {process} process was not ready within {seconds} seconds.',
    remedy: 'Its log is {log}.',
  },
});
