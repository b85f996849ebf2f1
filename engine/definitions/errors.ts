import { defineErrors } from '../base/errors.ts';

export const definitionErrors = defineErrors({
  'definitions-folder-missing': {
    class: 'permanent',
    text: 'The folder of definitions {folder} cannot be read: {reason}.',
    remedy: 'Set WARDFLOW_FLOWS to the folder that holds the definitions, or unset it for the shipped ones.',
  },
  'definitions-invalid': {
    class: 'permanent',
    text: 'The definitions in {folder} have {count}: {problems}',
    remedy: 'Correct the places named; `wardflow doctor` lists each with its remedy.',
  },
});
