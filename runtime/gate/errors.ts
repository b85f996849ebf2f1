/** Why the gate does not do what it is asked, or sees that something is not as it was approved. */
import { defineErrors, errorName, WardflowError, type ErrorEntry } from '../../engine/index.ts';

const permanent = (text: string, remedy: string): ErrorEntry => ({ class: 'permanent', text, remedy });
const RESTORE =
  'Restore the folder from a backup that is newer, and tell whoever is responsible for information security.';
const BIND = 'Bind it in bindings.json of {environment} and start its runtime again; then promote again.';
const AGAIN = 'Make the bundle again with what is installed there, have it approved, and promote that.';

export const gateErrors = defineErrors({
  'production-read-only': permanent(
    'This runtime runs approved releases only, so nothing was changed: {what}.',
    'Change it on staging, have it approved, and promote it in the console.',
  ),
  'no-gate': permanent('This runtime takes no releases: definitions are made in it.', 'Ask the production runtime.'),
  'release-unseen': permanent(
    'The log of {environment} has no release {sequence}.',
    'Write the entry into the folder of releases that this runtime reads; then try again.',
  ),
  'log-cut': permanent('Release {sequence}, which ran here, is missing from the log of {environment}.', RESTORE),
  'log-exchanged': permanent('Release {sequence} in the log of {environment} is not the one that ran here.', RESTORE),
  'release-backdated': permanent(
    'Release {sequence} of {environment} says that it was carried out before the log was looked at last without it.',
    RESTORE,
  ),
  'release-of-older-trust': permanent(
    'Release {sequence} of {environment} is new, and was judged by an older trust store than was seen here before.',
    'Sign and carry out the order anew; if nobody did, tell whoever is responsible for information security.',
  ),
  'trust-exchanged': permanent('The trust store of {environment} is not the one that was seen here first.', RESTORE),
  'trust-older': permanent(
    'The trust store of {environment} lacks version {version}, which was seen here before.',
    RESTORE,
  ),
  'binding-missing': permanent('The {kind} "{name}" is not bound in {environment}.', BIND),
  'type-missing': permanent('The node type "{type}" is not installed in {environment}.', AGAIN),
  'module-differs': permanent('The module {module} is {here} here; the bundle was made and tried with {made}.', AGAIN),
  'engine-version-differs': permanent(
    'Wardflow is {here} here; the bundle was made and tried with {made}.',
    'Make the bundle again with this version, have it approved, and promote that.',
  ),
  'nodes-unfit': permanent('The definitions of the bundle do not fit together: {reason}.', AGAIN),
  'gate-trouble': permanent(
    'The gate could not do its work: {reason}.',
    'Look into the log of the runtime; what runs goes on.',
  ),
  'deploy-failed': permanent(
    'Node-RED did not take the flows of release {sequence}: {reason}.',
    'Look into the log of the runtime; what ran before goes on.',
  ),
});

/** In our words; a foreign error shows its class only. */
export const known = (error: unknown): WardflowError =>
  error instanceof WardflowError
    ? error
    : gateErrors.create('gate-trouble', { reason: errorName(error) }, { cause: error });
