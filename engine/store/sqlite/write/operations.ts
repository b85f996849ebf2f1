/** What the writing worker can be asked. */
import type { AuditEntry } from '../../contract/index.ts';
import {
  acknowledgementAgain,
  acknowledgementDelivered,
  acknowledgementFailed,
  lapseAcknowledgement,
  makeAcknowledgement,
  takeAcknowledgement,
} from './acknowledgements.ts';
import { accept } from './accept.ts';
import { changeAlert, keepHeldBack, raiseAlert } from './alerts.ts';
import { addChild } from './children.ts';
import { claim } from './claim.ts';
import {
  endEscalation,
  fireEscalation,
  putDefinition,
  recordDecisions,
  restateEscalation,
  startEscalation,
} from './clinical.ts';
import type { WriteContext } from './context.ts';
import { decideReview, noteDown, setFallback } from './fallbacks.ts';
import { advanceStates } from './event-states.ts';
import { answerIdentity, takeIdentity, undoIdentityLink } from './identities.ts';
import { beginEffect, decideEffect, finishEffect } from './effects.ts';
import { putDifference } from './differences.ts';
import { changeProblem, createProblem } from './problems.ts';
import { changeSubscription, forgetVersions, noteWritten, takeVersion } from './subscriptions.ts';
import { purge } from './purge.ts';
import { discardQuarantined } from './quarantine.ts';
import { admit } from './gate.ts';
import { discard, expireLeases, hasten, pin, redrive, release, renew, settle, unpark, wakeParked } from './settle.ts';
import { clearSwitch, setSwitch } from './switches.ts';
import { changeTask, createTask, noteTaskCopy } from './tasks.ts';

function answered(ctx: WriteContext, notes: readonly (readonly [id: string, at: number])[]): void {
  for (const [id, at] of notes) {
    ctx.sql.run('UPDATE message_state SET answered_at = ? WHERE seq = (SELECT seq FROM message WHERE id = ?)', at, id);
  }
}

function appendAudit(ctx: WriteContext, entries: readonly AuditEntry[]): void {
  for (const entry of entries) ctx.audit(entry);
}

export const writeOperations = {
  'journal.accept': accept,
  'journal.answered': answered,
  'journal.discardQuarantined': discardQuarantined,
  'acknowledgements.make': makeAcknowledgement,
  'acknowledgements.delivered': acknowledgementDelivered,
  'acknowledgements.take': takeAcknowledgement,
  'acknowledgements.failed': acknowledgementFailed,
  'acknowledgements.again': acknowledgementAgain,
  'acknowledgements.lapse': lapseAcknowledgement,
  'work.claim': claim,
  'work.pin': pin,
  'work.settle': settle,
  'work.renew': renew,
  'work.release': release,
  'work.expireLeases': expireLeases,
  'work.hasten': hasten,
  'work.unpark': unpark,
  'work.wakeParked': wakeParked,
  'work.addChild': addChild,
  'work.redrive': redrive,
  'work.discard': discard,
  'effects.begin': beginEffect,
  'effects.finish': finishEffect,
  'effects.decide': decideEffect,
  'decisions.record': recordDecisions,
  'gate.admit': admit,
  'eventStates.advance': advanceStates,
  'identities.take': takeIdentity,
  'identities.answer': answerIdentity,
  'identities.undo': undoIdentityLink,
  'escalations.start': startEscalation,
  'escalations.fire': fireEscalation,
  'escalations.end': endEscalation,
  'escalations.restate': restateEscalation,
  'tasks.create': createTask,
  'tasks.change': changeTask,
  'tasks.noteCopy': noteTaskCopy,
  'alerts.raise': raiseAlert,
  'alerts.change': changeAlert,
  'alerts.heldBack': keepHeldBack,
  'fallbacks.set': setFallback,
  'fallbacks.decide': decideReview,
  'fallbacks.noteDown': noteDown,
  'differences.put': putDifference,
  'problems.create': createProblem,
  'problems.change': changeProblem,
  'subscriptions.change': changeSubscription,
  'subscriptions.take': takeVersion,
  'subscriptions.noteWritten': noteWritten,
  'subscriptions.forget': forgetVersions,
  'audit.append': appendAudit,
  'definitions.put': putDefinition,
  'switches.set': setSwitch,
  'switches.clear': clearSwitch,
  'retention.purge': purge,
} as const;

export type WriteOperations = typeof writeOperations;
