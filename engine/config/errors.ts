import { defineErrors } from '../base/errors.ts';

export const configErrors = defineErrors({
  'settings-invalid': {
    class: 'permanent',
    text: '{count} in the environment cannot be used: {problems}',
    remedy: 'Correct or unset the settings named; docs/reference/settings.md lists them all.',
  },
  'bindings-unreadable': {
    class: 'permanent',
    text: 'The bindings file {file} cannot be read: {reason}.',
    remedy: 'Make the file readable, or move it away: a new one is written at the next start.',
  },
  'bindings-invalid': {
    class: 'permanent',
    text: 'The bindings file {file} cannot be used: {problems}',
    remedy: 'Correct the places named; docs/reference/formats.md describes the file.',
  },
  'data-folder-unwritable': {
    class: 'permanent',
    text: 'The data folder {folder} cannot be written: {reason}.',
    remedy: 'Give this user write permission there, or set WARDFLOW_DATA to a folder that it may write.',
  },
  'run-info-unreadable': {
    class: 'permanent',
    text: 'The file {file}, which says what runs here, cannot be read: {reason}.',
    remedy: 'Stop Wardflow, remove the file, and start again.',
  },
  'service-token-unreadable': {
    class: 'permanent',
    text: 'The service token of the {runtime} runtime cannot be read from {file}: {reason}.',
    remedy: 'Run this as the user that started Wardflow, or start Wardflow if it does not run.',
  },
});
