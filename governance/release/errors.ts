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
  'release-bundle-missing': permanent(
    'The bundle {bundle} is not among the releases of {environment}.',
    'Promote it with its file, or restore the folder of releases from a backup.',
  ),
});
