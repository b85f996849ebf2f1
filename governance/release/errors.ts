/** What is wrong with the releases of an environment. */
import { defineErrors, type ErrorEntry } from '../../engine/index.ts';

const permanent = (text: string, remedy: string): ErrorEntry => ({ class: 'permanent', text, remedy });
const RESTORE =
  'Restore the folder of releases from a backup, and tell whoever is responsible for information security.';

export const releaseErrors = defineErrors({
  'release-file-unreadable': permanent('{file} cannot be read: {reason}.', RESTORE),
  'release-invalid': permanent('Release {sequence} of {environment} is not valid: {problem}', RESTORE),
  'release-log-disordered': permanent('The releases of {environment} do not follow one another: {problem}.', RESTORE),
  'release-unwritable': {
    class: 'transient',
    text: 'The releases of {environment} cannot be written: {reason}.',
    remedy: 'Give this user write permission in {folder}, or make room; then do it again.',
  },
  'release-base-differs': permanent(
    'The bundle changes {base}, and {environment} runs {running}.',
    'Make the proposal again on what runs, and have it approved again.',
  ),
  'release-number-taken': permanent(
    'The order has the number {sequence}, and the next one of {environment} is {next}.',
    'Look at what runs and give a new order.',
  ),
  'release-in-progress': {
    class: 'transient',
    text: 'Another release of {environment} is being carried out.',
    remedy: 'Wait until it is done, look at what runs then, and try again.',
  },
  'release-runtime-silent': {
    class: 'transient',
    text: 'The runtime of {environment} does not answer, so nobody can say what the bundle would change there.',
    remedy: 'Start it, then try again. Going back to what ran before does not need it.',
  },
  'release-plan-refused': permanent('{environment} cannot run the bundle: {problems}', '{remedies}'),
  'release-answer-unreadable': {
    class: 'transient',
    text: "The runtime of {environment} gave an answer that is not Wardflow's.",
    remedy: 'See whether another program has its port; "npx wardflow doctor" says more.',
  },
  'pull-settings-missing': permanent(
    'It is not said where releases are fetched from.',
    'Set WARDFLOW_RELEASES_FROM and WARDFLOW_RELEASES_TOKEN_FILE.',
  ),
  'pull-address-unsafe': permanent(
    'Releases cannot be fetched from {from}: the token would be read on the way.',
    'Set WARDFLOW_RELEASES_FROM to an address that begins with https://.',
  ),
  'pull-token-unreadable': permanent(
    'There is no token in {file}.',
    'Make a service account with the scope release:read at the other console, and write its token into the file.',
  ),
  'pull-unreachable': {
    class: 'transient',
    text: '{from} does not answer ({reason}).',
    remedy: 'What runs goes on; see whether the other host and the network between are up.',
  },
  'pull-denied': permanent(
    '{from} does not take the token.',
    'Make a service account with the scope release:read there, and write its token into the file.',
  ),
  'pull-answer-unreadable': permanent(
    "{from} gave an answer that is not Wardflow's.",
    'See whether the address is that of the console, and whether both run the same version.',
  ),
  'pull-behind': permanent(
    'The other host has {theirs} releases of {environment}, and {ours} came from it before.',
    'Restore the folder of releases there; tell whoever is responsible for information security.',
  ),
  'pull-differs': permanent(
    'Release {sequence} of {environment} is another one at the other host than here.',
    'Find out which is right before anything is released; tell whoever is responsible for information security.',
  ),
  'pull-trust-older': permanent(
    'Release {sequence} of {environment} was ordered under whom the environment trusted before.',
    'Have it ordered again; tell whoever is responsible for information security.',
  ),
  'pull-from-future': permanent(
    'Release {sequence} of {environment} is from the future.',
    'Correct the clocks of the two machines.',
  ),
  'release-bundle-missing': permanent(
    'The bundle {bundle} is not among the releases of {environment}.',
    'Promote it with its file, or restore the folder of releases from a backup.',
  ),
});
