import { defineErrors } from './base/errors.ts';

export const engineErrors = defineErrors({
  'folder-in-use': {
    class: 'permanent',
    text: 'The data folder {path} is in use by another running Wardflow process.',
    remedy: 'Stop the other process (`wardflow status` shows what runs), or set WARDFLOW_DATA to another folder.',
  },
});
