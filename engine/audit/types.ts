/**
 * Every type of audit record with its sentence: the one table. A row is needed before a type can be written (the compiler
 * says so at the console's trail, a test everywhere else).
 *
 * `{actor}`, `{reason}`, `{definition}`, `{version}` and the names in `details` are filled in; a part in square brackets is left
 * out where one of its names has no value. Hashes are shown by their first twelve digits. Names in `details` that screens
 * and searches know: `before` and `after` (what changed), `proposal`, `bundle`, `environment`, `account`.
 *
 * A type is `<what>.<past tense>`. The export to FHIR takes a `<what>` that it does not know for an activity of the application.
 * Appending is safe; a type that has been written once stays, because old records are read with it.
 */
export const AUDIT_SENTENCES = {
  'effect.done': '{actor} did [{effect}: ]{summary}',
  'fhir.read': '{actor} read in the EHR: {what}.',
  'work.dead': 'The work needs somebody[: {code}][ at {nodeType}].',
  'work.redriven': '{actor} sent the work back to be tried again[: {reason}].',
  'work.woken': '{actor} let the parked work go on[: {reason}].',
  'work.discarded': '{actor} discarded the work[: {reason}].',
  'escalation.started': 'The escalation [{name} ]started[ on the ladder {ladder}].',
  'escalation.restarted': 'The escalation [{name} ]began again[ on the ladder {ladder}]: nobody has its task any more.',
  'escalation.step': 'Step {step} of the escalation told {to}[ by {channel}].',
  'escalation.acknowledged': '{actor} acknowledged the escalation[ through {via}][: {reason}].',
  'escalation.cancelled': '{actor} cancelled the escalation[ through {via}][: {reason}].',
  'escalation.exhausted': 'The escalation ran out of people to tell[ after {steps} steps].',
  'task.created': 'A task was created[ at {endpoint}].',
  'task.opened': 'The flow[ {definition}] asked for a task[: {title}].',
  'task.changed': '{actor} changed the task[ "{title}"] from {before} to {after}[: {reason}].',
  'task.assigned': '{actor} gave the task[ "{title}"] to {after}[, before: {before}][, due by {due}][: {reason}].',
  'task.part-set': '{actor} set the part {part} of the task[ "{title}"] to {after}[: {reason}].',
  'task.commented': '{actor} commented on the task[ "{title}"].',
  // Older records say what was chosen.
  'task.overridden':
    '{actor} decided otherwise than the rule[, which said {before}][: {after}][, in the task "{title}"][: {reason}].',
  'task.compared': 'The task[ "{title}"] was compared with the EHR[, which says {after}].',
  'task.followed': 'The patient of the task[ "{title}"] is known by another number now: its copy in the EHR {after}.',
  'alert.started': 'An alert began[: {title}], to tell {to}.',
  'alert.told': 'The alert was told to {to} by {channel}[, which failed: {code}].',
  'alert.opened': '{actor} looked at the alert[ "{title}"].',
  'alert.acknowledged': '{actor} took over the alert[ "{title}"][ with its task {task}].',
  'alert.acted': '{actor} did something about the alert[ "{title}"][: {reason}].',
  'alert.closed': '{actor} closed the alert[ "{title}"][ as {dismissal}][ with its task {task}][: {reason}].',
  'alert.resolved': 'The cause of the alert was gone.',
  'fallback.entered':
    '{actor} put the flow {definition} into fallback ({mode})[ because the endpoint {about} is down][: {reason}].',
  'fallback.left': '{actor} ended the fallback of the flow {definition}[ ({mode})][: {reason}].',
  'review.held': 'The message was held for a person ({because}).',
  'review.decided': '{actor} decided about the held message: {decision}[: {reason}].',
  'problem.reported': '{actor} reported a problem[ ({kind})][ of the definition {definition}].',
  'problem.changed':
    '{actor} set a reported problem from {before} to {after}[, for {assignee} to look at][, mended by proposal {proposal}].',
  'difference.found': 'The {type} that was written at {endpoint} was found {found}[, before: {before}].',
  'difference.gone': 'The {type} that was written at {endpoint} was found as it should be again.',
  'difference.settled': '{actor} settled what was found of the {type} at {endpoint} as {after}[: {reason}].',
  'identity.linked': 'The patient number {prior} is known by {survivor} now ({kind})[: {reason}].',
  'identity.link-set-aside':
    'That the patient number {prior} is known by {survivor} ({kind}) does not count: {because}[: {reason}].',
  'identity.link-refused': 'The patient number {prior} was not made one with {survivor} ({kind}): {because}.',
  'identity.link-undone': '{actor} took back that the patient number {prior} is known by {survivor}[: {reason}].',
  'identity.asked': 'A person is asked whether two records are of one patient ({kind})[, because of {elements}].',
  'identity.answered': '{actor} said of two records: {after}[ ({kind})][: {reason}].',
  'identity.left-open': '{actor} left open whether two records are of one patient ({kind})[: {reason}].',
  'identity.withdrawn': 'Whether two records are of one patient ({kind}) is not asked any more: a merge has said so.',
  'roster.imported':
    '{actor} put another roster of {environment} in force: {added} entries came, {removed} went, {entries} in all.',
  'roster.broken': 'The roster of {environment} cannot be used: {because}. In force is {inForce}.',
  'roster.mended': 'The roster of {environment} can be used again.',
  'roster.gone': 'The roster of {environment} is gone; none is in force, and roles are reached by their own names.',
  'acknowledgement.made': 'The sender was answered {code} by the engine[, because {why}].',
  'acknowledgement.lapsed':
    'The answer that a flow or the engine had made was given up: nobody took it[ on feed {feed}].',
  'message.reread': '{actor} had the unreadable message read again[: {reason}].',
  'message.discarded': '{actor} discarded the unreadable message[: {reason}].',
  'message.decisions-viewed': '{actor} looked at what the decisions about the message were made of.',
  'message.body-viewed': '{actor} looked at the content of the message[: {reason}].',
  'ehr.looked-at': '{actor} tried a {operation} of {type} on the server {endpoint}[ and was shown {found}][: {code}].',
  'sample.pinned': '{actor} pinned the message as a sample of the feed {feed}[, named {name}].',
  'sample.unpinned': '{actor} unpinned the message, a sample of the feed {feed}[, named {name}].',
  'message.searched': '{actor} searched messages by {by}[ and found {found}].',
  'session.logged-in': '{actor} logged in.',
  'session.login-failed': 'Somebody failed to log in as {actor}[: {reason}].',
  'session.login-refused': 'A login as {actor} was refused.',
  'session.login-locked': 'Logins as {actor} are locked for a while.',
  'session.logged-out': '{actor} logged out.',
  'account.created': '{actor} created the account[ {account}][ with the roles {roles}].',
  'account.password-changed': '{actor} changed the password.',
  'account.roles-changed': '{actor} changed the roles of {account} from {before} to {roles}.',
  'account.renamed': '{actor} changed the name that {account} is shown by.',
  'account.disabled': '{actor} disabled the account[ {account}][: {reason}].',
  'account.enabled': '{actor} enabled the account[ {account}] again.',
  'account.password-reset': '{actor} gave [{account} ]a one-time password.',
  'account.unlocked': '{actor} ended the lock of the account[ {account}].',
  'account.sessions-ended': '{actor} ended [{count} of ]the sessions of {account}.',
  'account.second-factor-on': '{actor} turned on the second step of their login.',
  'account.second-factor-off': '{actor} turned off the second step of their login.',
  'account.second-factor-removed': '{actor} removed the second step of the login of {account}.',
  'account.recovery-codes-made': '{actor} made new recovery codes.',
  'session.code-refused': 'A code for a login as {actor} was refused.',
  'session.recovery-code-used': '{actor} used a recovery code[, {left} are left].',
  'program.created': '{actor} created the service account[ {account}][ with {scopes}][ until {until}].',
  'program.revoked': '{actor} revoked the service account[ {account}].',
  'definition.deployed': '{actor} deployed the definition[ {definition}][ in version {version}][, before: {previous}].',
  'runtime.started': 'The runtime[ {environment}] started.',
  'runtime.drained': '{actor} had the runtime finish what it was doing.',
  'runtime.stopped': 'The runtime[ {environment}] stopped.',
  'flow.noted': 'The flow[ {definition}] noted: {text}.',
  'notice.shown': 'The console told {to}: {text}',
  'switch.set': '{actor} stopped the {kind} {name}[ from {from}][ until {until}][: {reason}].',
  'switch.cleared': '{actor} let the {kind} {name} go on[: {reason}].',
  'subscription.changed': 'The subscription {subscription} to {endpoint} went from {from} to {to}[: {code}].',
  'effect.decided': '{actor} said that [{effect}, {target}, ]{verdict}[: {reason}].',
  'retention.purged': 'Retention removed {bodies} bodies and {messages} messages.',
  'gate.applied':
    '{actor} put release {sequence} into force in {environment}[, bundle {bundle}][, instead of {previous}][: {reason}].',
  'gate.apply-failed': 'The gate of {environment} could not carry out[ release {sequence}][, bundle {bundle}]: {code}.',
  'gate.refused': '{actor} tried to change what production runs, and was refused: {what}.',
  'gate.trust-seen': 'The gate of {environment} saw version {version} of the trust store[: {hash}].',
  'gate.drift-found': 'The gate of {environment} found that something is not as approved ({subject}): {text}',
  'gate.drift-ended': 'The gate of {environment} found {subject} as approved again[ ({code})].',
  'audit.exported': '{actor} exported the audit trail[ as {format}][: {records} records][, of {filter}].',
  'audit.verified': '{actor} had the audit trails verified: {verdict}.',
  'audit.heads-signed': 'The heads of the audit trails were signed[ as number {number}][ ({why})].',
  'audit.heads-trouble': 'The heads of the audit trails could not be signed: {code}.',
  'audit.chain-replaced': 'The audit trail of {chain} is not the one that was read before[: {why}].',
  'release.ordered':
    '{actor} had {environment} run the bundle {bundle}[ instead of {previous}][, by an order of {person}][: {reason}].',
  'release.rolled-back':
    '{actor} had {environment} go back to the bundle {bundle}[ from {previous}][, by an order of {person}][: {reason}].',
  'release.glass-broken':
    '{actor} broke glass in {environment} for the bundle {bundle} until {until}[, signed by {person}][: {reason}].',
  'release.refused': 'What {actor} wanted {environment} to run was refused[ ({what})]: {code}.',
  'release.not-applied': '{environment} has not begun to run release {sequence}: {code}.',
  'release.pulled': 'Release {sequence} of {environment} came from {from}.',
  'release.pull-refused': 'Something for {environment} that came from {from} was refused: {code}.',
  'trust.pulled': 'Version {version} of whom {environment} trusts came from {from}.',
  'trust.proposed': '{actor} proposed to change whom {environment} trusts[: {reason}].',
  'trust.signed': '{actor} approved a change of whom {environment} trusts.',
  'trust.installed': '{actor} put version {version} of whom {environment} trusts in force[: {reason}].',
  'trust.withdrawn': '{actor} withdrew a change of whom {environment} trusts.',
  'trust.refused': 'A change of whom {environment} trusts by {actor} was refused: {code}.',
  'proposal.created': '{actor} made proposal {proposal} for {environment}: {title}.',
  'proposal.revised':
    '{actor} made revision {revision} of proposal {proposal} from what staging runs; approvals so far fell.',
  'proposal.signed': '{actor} signed proposal {proposal} as its author (revision {revision}).',
  'proposal.approved': '{actor} approved proposal {proposal} as {role} (revision {revision}).',
  'proposal.approval-refused': 'An approval of proposal {proposal} by {actor} was refused: {code}.',
  'proposal.rejected': '{actor} rejected proposal {proposal}[: {reason}].',
  'proposal.withdrawn': '{actor} withdrew proposal {proposal}[: {reason}].',
  'proposal.commented': '{actor} commented on proposal {proposal}.',
  'proposal.taken-over': '{actor} took over on staging what version {version} of {definition} changed past it.',
  'key.added': '{actor} kept a signing key[ ({key})] at the console.',
  'key.forgotten': '{actor} had the console forget a signing key[ ({key})].',
} as const satisfies Readonly<Record<string, string>>;

export type AuditType = keyof typeof AUDIT_SENTENCES;

export function isAuditType(type: string): type is AuditType {
  return Object.hasOwn(AUDIT_SENTENCES, type);
}
