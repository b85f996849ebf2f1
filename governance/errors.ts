/** What the console can refuse or fail at. */
import { defineErrors, type ErrorEntry } from '../engine/index.ts';

const permanent = (text: string, remedy: string): ErrorEntry => ({ class: 'permanent', text, remedy });
const transient = (text: string, remedy: string): ErrorEntry => ({ class: 'transient', text, remedy });

export const consoleErrors = defineErrors({
  'login-refused': permanent('User name or password is not right.', 'Check both and try again.'),
  'login-locked': {
    class: 'throttled',
    text: 'Too many wrong passwords for this user name.',
    remedy: 'Wait {seconds} s, then try again.',
  },
  'too-many-requests': {
    class: 'throttled',
    text: 'Too many attempts from this address.',
    remedy: 'Wait a minute, then try again.',
  },
  'one-time-password-expired': permanent('The one-time password has run out.', 'Ask an administrator for another one.'),
  'password-change-needed': permanent(
    'The one-time password must be changed before anything else.',
    'Choose a password of your own.',
  ),
  'password-unfit': permanent(
    'The new password is the old one, or is made of the user name.',
    'Choose another; several words are easy to remember.',
  ),
  'code-needed': permanent('The account has a second step.', 'Give the code that your app shows, or a recovery code.'),
  'code-refused': permanent(
    'The code is not right, or was used already.',
    'Wait for the next one and give that; the clock of the telephone must be right.',
  ),
  'second-factor-needed': permanent(
    'Your role demands a second step at login before anything else.',
    'Set it up with an authenticator app.',
  ),
  'second-factor-there': permanent(
    'The account has a second step already.',
    'Turn it off first; without the app and without recovery codes an administrator removes it.',
  ),
  'second-factor-missing': permanent('The account has no second step.', 'Set it up first.'),
  'second-factor-not-begun': permanent(
    'No second step is being set up, or it was begun more than ten minutes ago.',
    'Begin again.',
  ),
  'session-missing': permanent('You are not logged in, or the session has ended.', 'Log in.'),
  'permission-missing': permanent(
    'Your roles do not include "{permission}".',
    'Ask an administrator for a role that has it.',
  ),
  'permission-elsewhere': permanent(
    'Your roles include "{permission}" for other definitions or service lines only.',
    'Ask somebody who answers for this one, or an administrator for a wider role.',
  ),
  'person-needed': permanent('This is for people, not for service accounts.', 'Log in and do it there.'),
  'account-taken': permanent('There is an account of this user name already.', 'Choose another user name.'),
  'account-unknown': permanent('There is no account of this name.', 'Look for it in the list of people.'),
  'account-changed': permanent(
    'Somebody else has changed this account meanwhile.',
    'Look at what it is now, and change it again if that is still right.',
  ),
  'account-own': permanent(
    'Nobody gives themselves a role, nor disables or resets their own account.',
    'Ask another administrator; your own password is changed under "My account".',
  ),
  'account-last-administrator': permanent(
    'This is the last administrator who can log in.',
    'Make another person administrator first.',
  ),
  'account-disabled': permanent('The account is disabled.', 'Enable it first.'),
  'service-scope-refused': permanent(
    'A scope was asked for that you do not have yourself.',
    'Leave it out, or ask somebody who has it.',
  ),
  'service-account-taken': permanent('A living service account has this name.', 'Choose another, or revoke that one.'),
  'console-never-started': permanent(
    'There are no accounts in the data folder {folder} yet.',
    'Set WARDFLOW_DATA to the right folder, or start Wardflow once with "npx wardflow up".',
  ),
  'trust-change-not-yours': permanent(
    'It is not signed by you, or not what was proposed.',
    'Sign it with a key of yours that the environment trusts.',
  ),
  'trust-changes-too-many': permanent(
    'Too many changes of whom the environment trusts wait already.',
    'Have some of them signed, or withdrawn by those who proposed them.',
  ),
  'request-not-from-console': permanent(
    'The request did not come from the console itself.',
    'Use the console, or send its write header from the same origin.',
  ),
  'request-invalid': permanent('The request is not valid at "{field}".', 'Correct it and send it again.'),
  'request-too-large': permanent('The request is larger than the console takes.', 'Send less at once.'),
  'wrong-host': permanent(
    'The console does not answer under this host name.',
    'Open it under the address that it printed at start.',
  ),
  'service-token-refused': permanent(
    'The service token is not right.',
    'Start the runtime with the token file of this data folder.',
  ),
  'not-found': permanent('There is nothing at this address.', 'Check the link, or start from the messages page.'),
  'runtime-unknown': permanent(
    'There is no runtime named "{runtime}".',
    'Use one of the runtimes that the console lists.',
  ),
  'runtime-unreachable': transient(
    'The {runtime} runtime does not answer.',
    'It is started again by itself; if this lasts, run `npx wardflow doctor`.',
  ),
  'runtime-refused': permanent(
    "The {runtime} runtime refused the console's service token.",
    'Start both with the same WARDFLOW_DATA folder.',
  ),
  'runtime-not-narrowed': permanent(
    'The {runtime} runtime would show more than the part that you answer for.',
    'Start it with the same version of Wardflow as the console.',
  ),
  'console-failed': transient('The console could not do this.', "Try again; if it stays, look at the console's log."),
  'role-unknown': permanent(
    'WARDFLOW_TOTP_ROLES names "{role}", which is no role.',
    'Use all, none, or some of {roles}.',
  ),
  'console-port-taken': permanent(
    'Port {port} for the console is taken.',
    'End what uses it, or set WARDFLOW_GOVERNANCE_PORT to another port (0 takes a free one).',
  ),
  'console-host-unusable': permanent(
    'The console cannot listen on {host}: it is no address of this machine.',
    'Set WARDFLOW_HOST to one of its addresses, to 0.0.0.0 for all of them, or leave it at 127.0.0.1.',
  ),
  'tls-needed': permanent(
    'WARDFLOW_HOST is {host}, which other machines can reach, and there is no certificate.',
    'Set WARDFLOW_TLS_CERT and WARDFLOW_TLS_KEY to PEM files, or leave WARDFLOW_HOST at 127.0.0.1.',
  ),
  'tls-incomplete': permanent(
    'Only one of WARDFLOW_TLS_CERT and WARDFLOW_TLS_KEY is set.',
    'Set both: the certificate with its chain, and its private key.',
  ),
  'tls-unusable': permanent(
    'The certificate of the console cannot be used: {file}: {reason}.',
    'Put PEM files there that this user may read: the certificate with its chain, and its key without a passphrase.',
  ),
  'console-store-unusable': permanent(
    'The console cannot open its store in the data folder.',
    'Make the folder in WARDFLOW_DATA writable for this user.',
  ),
  'console-web-missing': permanent('The web app is not built.', 'Run `npm run build`.'),
});
