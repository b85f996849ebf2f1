/** What can be wrong with a proposal, or with what somebody wants to do to it. */
import { defineErrors, type ErrorEntry } from '../../../engine/index.ts';

const permanent = (text: string, remedy: string): ErrorEntry => ({ class: 'permanent', text, remedy });

export const proposalErrors = defineErrors({
  'proposal-unknown': permanent('There is no such proposal.', 'Look for it in the list of proposals.'),
  'proposal-comment-unknown': permanent('There is no such comment.', 'Load the page again.'),
  'proposal-environment-unknown': permanent(
    'Proposals are made for environments behind the gate; "{environment}" is none.',
    'Propose it for production.',
  ),
  'proposal-environment-unsound': permanent(
    'What {environment} runs cannot be told: {problem}',
    'Mend its trust store or its releases first: "npx wardflow doctor" says more.',
  ),
  'proposal-nothing-changed': permanent(
    'What staging runs is what {environment} runs already.',
    'Change something on staging and deploy it first.',
  ),
  'proposal-definition-unknown': permanent(
    'Neither staging nor {environment} has a definition named "{definition}".',
    'Choose one of those that staging runs.',
  ),
  'proposal-staging-differs': permanent(
    'The files of {definitions} are not what staging runs.',
    'Deploy in the editor, or start staging again after files were changed by hand; then propose it.',
  ),
  'proposal-unsound': permanent(
    'Put together, the definitions are not sound: {problem}',
    'Choose the definitions that belong together, "_shared" too where it has changed.',
  ),
  'proposal-conflict': permanent(
    '{definition} was changed in {environment} by somebody else: staging never ran that version.',
    'Look at both changes and take over what you want to keep; then propose it.',
  ),
  'proposal-state': permanent(
    'The proposal is {state}: {action} is not possible.',
    'Load the page again to see what is.',
  ),
  'proposal-outdated-base': permanent(
    '{environment} runs something else than this proposal was made for.',
    'Its author takes over staging anew; then it is approved again.',
  ),
  'proposal-outdated-policy': permanent(
    'The policy has changed since this proposal was signed.',
    'Its author takes over staging anew; then it is approved under the new policy.',
  ),
  'proposal-not-author': permanent('Only its author, {author}, may do this.', 'Ask the author.'),
  'proposal-own': permanent('Nobody approves or rejects a change of their own.', 'Ask somebody else, or withdraw it.'),
  'proposal-edited': permanent(
    'You deployed a part of this change on staging: nobody approves what they wrote, whoever proposes it.',
    'Ask somebody else who has the role.',
  ),
  'proposal-already-approved': permanent(
    'You have approved it already: one person takes one seat.',
    'Ask somebody else for the approval that is missing.',
  ),
  'proposal-role-not-needed': permanent(
    'The policy asks for no approval as {role} of this change.',
    'Approve in one of the roles that it asks for.',
  ),
  'proposal-signature-of-another': permanent(
    'The signature is by a key of {person}, and you are not {person}.',
    'Sign with a key of your own.',
  ),
  'proposal-statement-differs': permanent(
    'What was signed is not what the proposal says.',
    'Load the page again, read it, and sign what is there now.',
  ),
  'proposal-statement-used': permanent(
    'This signature was given for an earlier revision or another proposal.',
    'Sign this revision anew.',
  ),
  'proposal-role-missing': permanent(
    'Your account does not have the role "{role}" for everything that this changes.',
    'Approve in a role that you have, or ask somebody who has it.',
  ),
  'proposal-too-many': permanent(
    'There are {limit} proposals that nobody has finished.',
    'Release, reject or withdraw some of them first.',
  ),
  'proposal-file-damaged': permanent(
    'The content of the proposal is damaged or gone: {problem}',
    'Its author takes over staging anew.',
  ),
  'proposal-runs-too-many': permanent('It is being run already.', 'Wait until the results are there.'),
  'key-person-differs': permanent(
    'The key is for {person}, and you are not {person}.',
    'Make a key of your own under "My account".',
  ),
  'key-known': permanent('There is a key with this id already.', 'Use it, or make another one.'),
  'keys-too-many': permanent('You have {limit} keys already.', 'Forget one that you do not use any more.'),
});

/** As HTTP says it. */
export const PROPOSAL_STATUS: Readonly<Record<string, number>> = {
  'proposal-unknown': 404,
  'proposal-comment-unknown': 404,
  'proposal-environment-unknown': 404,
  'proposal-definition-unknown': 404,
  'proposal-not-author': 403,
  'proposal-own': 403,
  'proposal-signature-of-another': 403,
  'proposal-role-missing': 403,
  'key-person-differs': 403,
  'proposal-unsound': 422,
  'proposal-statement-differs': 422,
  'proposal-file-damaged': 500,
  'proposal-environment-unsound': 503,
};
