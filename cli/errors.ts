import { defineErrors } from '../engine/index.ts';

export const cliErrors = defineErrors({
  'no-trails': {
    class: 'permanent',
    text: 'There is no audit trail in the data folder {folder}.',
    remedy: 'Set WARDFLOW_DATA to the folder that Wardflow was started with, or give exported trails with --trail.',
  },
  'nothing-runs': {
    class: 'permanent',
    text: 'No Wardflow runs from the data folder {folder}.',
    remedy: 'Start it with "npx wardflow up", or set WARDFLOW_DATA to the folder that it was started with.',
  },
  'runtime-not-here': {
    class: 'permanent',
    text: 'No {runtime} runtime runs from the data folder {folder}.',
    remedy: 'Wait until the start has finished, or name one that runs: {known}.',
  },
  'runtime-not-answering': {
    class: 'transient',
    text: 'The {runtime} runtime does not answer at {url} ({reason}).',
    remedy: 'Ask again in a few seconds; "npx wardflow doctor" says what is wrong.',
  },
  'answer-unreadable': {
    class: 'permanent',
    text: "The {runtime} runtime at {url} gave an answer that is not Wardflow's (HTTP status {status}).",
    remedy: 'See whether another program has its port; "npx wardflow doctor" says more.',
  },
  'nothing-before': {
    class: 'permanent',
    text: 'Nothing ran in {environment} before what runs there now.',
    remedy: 'Promote another bundle: "npx wardflow promote".',
  },
  'option-invalid': {
    class: 'permanent',
    text: '{option} takes {takes}.',
    remedy: 'Give another value; --help shows the options.',
  },
  'convert-definition-unknown': {
    class: 'permanent',
    text: 'There is no definition {name} in {folder}.',
    remedy: 'Name one that is there ({known}), or leave --definition out for the shared mappings.',
  },
  'message-ambiguous': {
    class: 'permanent',
    text: '{count} messages have the control id {id}.',
    remedy: 'Name one of them by its message id: "npx wardflow messages list" shows them.',
  },
  'redrive-out-of-order': {
    class: 'permanent',
    text: '{count} newer of the same patient or key {are} done already, so the message would be processed after them.',
    remedy: 'Repeat with --force if that is right.',
  },
  'nothing-chosen': {
    class: 'permanent',
    text: 'No message is named and nothing says which are meant.',
    remedy: 'Name message ids, or choose with --state dead, --code, --definition, --feed, --type, --since or --until.',
  },
  'chosen-twice': {
    class: 'permanent',
    text: 'Messages are named, and chosen by a filter too.',
    remedy: 'Name message ids, or give a filter, but not both.',
  },
  'confirmation-needed': {
    class: 'permanent',
    text: '{count} messages are meant, and there is no terminal to ask on.',
    remedy: 'See with --dry-run what would be done, then repeat with --yes.',
  },
  'nothing-stopped': {
    class: 'permanent',
    text: 'Nothing has stopped the {what}.',
    remedy: '"npx wardflow status" shows what is stopped.',
  },
  'roster-unreadable': {
    class: 'permanent',
    text: 'The file {file} is no roster that can be used: {problems}.',
    remedy: 'Correct the places named; nothing of the file was taken.',
  },
  'roster-file-broken': {
    class: 'permanent',
    text: 'The roster {file} cannot be used: {reason}.',
    remedy: 'Correct it, or remove it and import the roster again.',
  },
  'roster-file-changed': {
    class: 'permanent',
    text: 'Somebody has changed the roster {file} since it was compared.',
    remedy: 'Import again, and look at what changes now.',
  },
  'roster-missing': {
    class: 'permanent',
    text: '{environment} has no roster.',
    remedy: 'Import one: "npx wardflow roster import".',
  },
  'roster-not-wanted': {
    class: 'permanent',
    text: 'The roster was left as it is.',
    remedy: 'Import again when it is right.',
  },
  'roster-confirmation-needed': {
    class: 'permanent',
    text: 'The roster would change, and there is no terminal to ask on.',
    remedy: 'See with --dry-run what would change, then repeat with --yes.',
  },
  'file-exists': {
    class: 'permanent',
    text: 'The file {file} exists already.',
    remedy: 'Name another, or replace it with --force.',
  },
  'file-unwritable': {
    class: 'permanent',
    text: 'The file {file} cannot be written ({reason}).',
    remedy: 'Name a file in a folder that you may write.',
  },
  'feed-not-here': {
    class: 'permanent',
    text: 'The {runtime} runtime has no feed {feed} that listens.',
    remedy: 'Name one that does: {known}; "npx wardflow doctor" says why a feed does not listen.',
  },
  'policy-unreadable': {
    class: 'permanent',
    text: 'The policy {file} cannot be read ({reason}).',
    remedy: 'Make it readable: it may forbid what the definitions use.',
  },
  'file-unreadable': {
    class: 'permanent',
    text: 'The file {file} cannot be read ({reason}).',
    remedy: 'Name a file with HL7 v2 messages that you may read.',
  },
  'client-certificate-needed': {
    class: 'permanent',
    text: 'The feed {feed} takes messages from senders with a certificate only (mutual TLS).',
    remedy: 'Name a certificate that its authorities have signed, and its key, with --certificate and --key.',
  },
  'file-without-message': {
    class: 'permanent',
    text: 'The file {file} has no HL7 v2 message in it.',
    remedy: 'Name a file whose messages begin with MSH.',
  },
  'file-without-resource': {
    class: 'permanent',
    text: 'The file {file} has no FHIR resource in it.',
    remedy: 'Name a file with one resource or one Bundle as JSON.',
  },
  'identity-not-open-here': {
    class: 'permanent',
    text: 'No {what} of that kind has the id {id}.',
    remedy: 'Look at "npx wardflow identities list" or "identities links".',
  },
  'difference-not-open-here': {
    class: 'permanent',
    text: 'No open difference has the id {id}.',
    remedy: 'Look at "npx wardflow differences list".',
  },
  'not-confirmed': {
    class: 'permanent',
    text: 'Nothing was signed.',
    remedy: 'Answer "y" once you have looked at what is to be signed; --yes answers where nobody can be asked.',
  },
  'input-unreadable': {
    class: 'permanent',
    text: 'The file {file} cannot be read ({reason}).',
    remedy: 'Name a file that you may read.',
  },
});
