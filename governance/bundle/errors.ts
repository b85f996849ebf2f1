/** What is wrong with a bundle, an approval, a key or a trust store. */
// Not through engine/index.ts: the web app makes keys and signs with what stands here, and the door opens files and sockets.
import { defineErrors, type ErrorEntry } from '../../engine/base/errors.ts';

const permanent = (text: string, remedy: string): ErrorEntry => ({ class: 'permanent', text, remedy });
const AGAIN = 'Fetch the file again from where it was made; if it is the same there, do not use it and say so.';

export const bundleErrors = defineErrors({
  // JSON
  'json-too-large': permanent('{what} is larger than {limit} bytes.', 'Make it smaller.'),
  'json-not-text': permanent('{what} is not UTF-8 text.', 'Save it as UTF-8.'),
  'json-syntax': permanent('{what} is not JSON.', 'Correct the syntax, or fetch the file again.'),
  'json-too-deep': permanent('{what} is nested deeper than {limit}.', 'Make it flatter.'),
  'json-key-twice': permanent('{what} has a key twice in one object.', 'Remove one of the two.'),
  'json-not-canonical': permanent(
    '{what} holds text or numbers that have no canonical form.',
    'Correct broken characters (lone surrogates) in it.',
  ),
  // The file
  'bundle-too-large': permanent('The bundle is larger than {limit} bytes.', 'Take fewer definitions into one bundle.'),
  'bundle-zip-malformed': permanent('The bundle is no file that Wardflow wrote: {what}.', AGAIN),
  'bundle-path-unsafe': permanent('The bundle has an entry with an unsafe name (entry {entry}).', AGAIN),
  'bundle-entry-twice': permanent('The bundle has the entry {path} twice.', AGAIN),
  'bundle-entries-too-many': permanent('The bundle has more than {limit} entries.', AGAIN),
  'bundle-size-declared': permanent('The bundle declares more than {limit} bytes of content.', AGAIN),
  'bundle-size-real': permanent('The entry {path} of the bundle does not have the size that it declares.', AGAIN),
  'bundle-manifest-missing': permanent('The bundle has no manifest.json.', AGAIN),
  'bundle-manifest-invalid': permanent('The manifest of the bundle is not valid: {problems}.', AGAIN),
  'bundle-file-extra': permanent('The bundle has the file {path}, which is not in its manifest.', AGAIN),
  'bundle-file-missing': permanent('The bundle lacks the file {path}, which is in its manifest.', AGAIN),
  'bundle-file-changed': permanent('The file {path} of the bundle is not the one in its manifest.', AGAIN),
  'bundle-definition-invalid': permanent('The definition {definition} in the bundle is not sound: {problems}', AGAIN),
  'bundle-definition-changed': permanent(
    'The definition {definition} in the bundle does not have the hash that its manifest gives.',
    AGAIN,
  ),
  'bundle-use-missing': permanent(
    'The definition {definition} does not use {used} as the bundle has it.',
    'Make the bundle again from one state of the folder of definitions.',
  ),
  'bundle-definition-unknown': permanent(
    'There is no definition {definition} in {folder}.',
    'Name folders of definitions: {known}.',
  ),
  // Signatures
  'signature-malformed': permanent('{what} is no signed statement: {problems}.', AGAIN),
  'statement-type-unexpected': permanent('{what} is a statement of another kind.', AGAIN),
  'signature-invalid': permanent('The signature in {what} is not right for what it signs.', AGAIN),
  'statement-invalid': permanent('The statement in {what} is not valid: {problems}.', AGAIN),
  'author-missing': permanent('The bundle is not signed by an author.', 'Sign it: "npx wardflow bundle sign".'),
  'author-of-another-bundle': permanent(
    'The author signed another bundle, or another base.',
    'Let the author sign it.',
  ),
  'key-unknown': permanent(
    'The key {key} in {what} is not in the trust store.',
    'Let existing approvers enrol it: "npx wardflow trust propose".',
  ),
  'key-revoked': permanent('The key {key} of {person} in {what} was revoked.', 'Let somebody else sign.'),
  'role-not-held': permanent(
    '{person} signed as {role}, a role that the trust store does not give to the key.',
    'Sign with a role that the key has.',
  ),
  // Approvals
  'approval-by-author': permanent(
    '{person} is the author, whose approval does not count.',
    'Let somebody else approve.',
  ),
  'approval-of-another-bundle': permanent('{person} approved another bundle.', 'Ask for an approval of this one.'),
  'approval-of-another-base': permanent(
    '{person} approved a change of another base.',
    'Ask for an approval of the change of this base.',
  ),
  'approval-of-another-statement': permanent(
    '{person} approved what the author had said before.',
    'Ask for an approval of what the author says now.',
  ),
  'approval-under-another-policy': permanent(
    '{person} approved under another policy.',
    'Ask for an approval under the policy that is in force.',
  ),
  'approval-expired': permanent('The approval by {person} is no longer valid.', 'Ask for a new approval.'),
  'approval-not-yet-valid': permanent(
    'The approval by {person} is from the future.',
    'Correct the clock of the machine.',
  ),
  'approvals-missing': permanent('{missing} is missing.', 'Ask people who hold the role to approve.'),
  'policy-forbids-node': permanent(
    'The bundle uses the node type "{type}", which the policy forbids.',
    'Take the node out.',
  ),
  'policy-invalid': permanent('The policy is not valid: {problems}.', 'Correct the places named.'),
  // Keys
  'key-file-invalid': permanent(
    '{what} is no key file: {problems}.',
    'Name a file that "npx wardflow key create" wrote.',
  ),
  'passphrase-too-short': permanent('The passphrase has fewer than {least} characters.', 'Choose a longer one.'),
  'passphrase-wrong': permanent('The passphrase is not right, or the key file was changed.', 'Try again.'),
  'passphrase-differs': permanent('The two passphrases differ.', 'Type the same one twice.'),
  'passphrase-needs-terminal': permanent(
    'The passphrase is asked on a terminal, and there is none.',
    'Run the command in a terminal: a passphrase is never taken from options, variables or files.',
  ),
  // Trust store
  'trust-store-missing': permanent(
    'There is no trust store in {folder}.',
    'Make the first one: "npx wardflow trust init".',
  ),
  'trust-store-exists': permanent(
    'There is a trust store in {folder} already.',
    'Change it: "npx wardflow trust propose"; only its existing approvers can.',
  ),
  'trust-store-unwritable': {
    class: 'transient',
    text: 'The trust store in {folder} cannot be written: {reason}.',
    remedy: 'Give this user write permission there, or make room; then do it again.',
  },
  'trust-store-invalid': permanent('The trust store is not valid: {problems}.', AGAIN),
  'trust-store-of-another-environment': permanent(
    'The trust store is that of {found}, not of {environment}.',
    'Use the trust store of the environment.',
  ),
  'trust-store-not-pinned': permanent(
    'The trust store does not begin with the version that was pinned.',
    'Restore the trust store; tell whoever is responsible for information security.',
  ),
  'trust-store-older-than-pinned': permanent(
    'The trust store lacks the version {version} that was pinned.',
    'Restore the newest trust store; tell whoever is responsible for information security.',
  ),
  'trust-version-unknown': permanent(
    'The trust store has no version {version} with the hash that is named.',
    'Restore the newest trust store; tell whoever is responsible for information security.',
  ),
  'trust-chain-broken': permanent(
    'Version {version} of the trust store does not follow the one before: {problems}.',
    AGAIN,
  ),
  'trust-change-unsigned': permanent(
    'Version {version} of the trust store was not signed by its proposer {person}.',
    'Let the proposer sign it.',
  ),
  'trust-change-not-approved': permanent(
    'Version {version} of the trust store lacks approval: {missing}.',
    'Ask existing approvers to sign it: "npx wardflow trust sign".',
  ),
  'trust-store-locks-out': permanent(
    'With these keys nobody could approve a change any more: {missing}.',
    'Keep enough people beside the proposer for the roles that the policy asks for.',
  ),
  // Orders
  'order-of-another-environment': permanent(
    'The order is for {found}, not for {environment}.',
    'Give an order for it.',
  ),
  'order-of-another-bundle': permanent('The order is for another bundle.', 'Give an order for this bundle.'),
  'order-repeated': permanent(
    'The order has the number {sequence}, and number {last} was carried out already.',
    'Give a new order.',
  ),
  'order-expired': permanent('The order has expired.', 'Give a new order.'),
  'order-not-yet-valid': permanent('The order is from the future.', 'Correct the clock of the machine.'),
  'order-previous-differs': permanent(
    'The order replaces another bundle than the one that runs.',
    'Look at what runs and give a new order.',
  ),
  'order-role-missing': permanent('{person} has no role that may order a promotion.', 'Ask one of: {roles}.'),
  'order-lives-too-long': permanent('The order is valid for longer than {limit}.', 'Give it a shorter time.'),
  'break-glass-role-missing': permanent('{person} has no role that may break glass.', 'Ask one of: {roles}.'),
  'break-glass-too-long': permanent('Glass may be broken for {limit} at most.', 'Give it a shorter time.'),
});
