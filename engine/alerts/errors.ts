import { defineErrors } from '../base/errors.ts';

const LOOK = 'Correct the channel in bindings.json, then see that the next alert arrives.';

export const alertErrors = defineErrors({
  'channel-unbound': {
    class: 'permanent',
    text: 'The alert channel "{channel}" is not bound in this environment.',
    remedy: 'Add it under "channels" in bindings.json of the environment and restart, or name another in the policy.',
  },
  'channel-without-address': {
    class: 'permanent',
    text: 'The alert channel "{channel}" has no address for {to}, nor for anybody who covers that.',
    remedy: 'Add one under "recipients" of the channel in bindings.json, or correct roster.json.',
  },
  'channel-credential-missing': {
    class: 'permanent',
    text: 'The alert channel "{channel}" needs the credential "{credential}", which is not there or cannot be used.',
    remedy: 'Put it into that file in the folder "credentials" of the environment, readable for its owner only.',
  },
  'channel-tls-file': {
    class: 'permanent',
    text: 'The alert channel "{channel}" cannot use its file {file}: {reason}.',
    remedy: 'Put the certificates in PEM form into the folder "tls" of the environment.',
  },
  'channel-unreachable': {
    class: 'transient',
    text: 'The alert channel "{channel}" could not be reached ({reason}).',
    remedy: 'Nothing to do at once: the next channel is tried, and this one again later.',
  },
  'channel-refused': {
    class: 'permanent',
    text: 'The alert channel "{channel}" refused the alert ({reason}).',
    remedy: LOOK,
  },
  'channel-busy': {
    class: 'throttled',
    text: 'The alert channel "{channel}" asks to wait ({reason}).',
    remedy: 'Nothing to do at once: the next channel is tried, and this one again later.',
  },
  'channel-unsure': {
    class: 'ambiguous',
    text: 'The alert channel "{channel}" may have taken the alert ({reason}).',
    remedy: 'Nothing to do: it is told again by the next channel, marked as a repeat.',
  },
  'alert-undelivered': {
    class: 'transient',
    text: 'No channel took the alert ({tried} tried, last: {code}); the console was told.',
    remedy: 'Look why each channel failed, in the alert or under Health; it is tried again.',
  },
  'alert-unknown': {
    class: 'permanent',
    text: 'There is no such alert.',
    remedy: 'Look for it in the list of alerts; retention may have removed it with its message.',
  },
  'alert-stale': {
    class: 'permanent',
    text: 'Somebody has answered the alert since: it is {state} now.',
    remedy: 'Look at it as it is now, and decide again.',
  },
  'alert-over': {
    class: 'permanent',
    text: 'The alert is over: it is {state}.',
    remedy: 'Nothing to do; where it should not have been told, report a problem.',
  },
  'alert-text-needed': {
    class: 'permanent',
    text: 'The answer to an alert needs a text that says {field}, of at most {limit} characters.',
    remedy: 'Write it in a line.',
  },
  'alert-gone': {
    class: 'permanent',
    text: 'The alert that was to be told is not there any more.',
    remedy: 'Discard the work: retention has taken the message.',
  },
});
