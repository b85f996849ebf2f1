/** What the writing worker can be asked. */
import type { AuditEntry } from '../../contract/index.ts';
import { accept } from './accept.ts';
import { claim } from './claim.ts';
import { admit, endEscalation, fireEscalation, putDefinition, recordDecision, startEscalation } from './clinical.ts';
import type { WriteContext } from './context.ts';
import { beginEffect, finishEffect } from './effects.ts';
import { addChild, discard, expireLeases, pin, redrive, release, renew, settle, unpark } from './settle.ts';

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
  'work.claim': claim,
  'work.pin': pin,
  'work.settle': settle,
  'work.renew': renew,
  'work.release': release,
  'work.expireLeases': expireLeases,
  'work.unpark': unpark,
  'work.addChild': addChild,
  'work.redrive': redrive,
  'work.discard': discard,
  'effects.begin': beginEffect,
  'effects.finish': finishEffect,
  'decisions.record': recordDecision,
  'gate.admit': admit,
  'escalations.start': startEscalation,
  'escalations.fire': fireEscalation,
  'escalations.end': endEscalation,
  'audit.append': appendAudit,
  'definitions.put': putDefinition,
} as const;

export type WriteOperations = typeof writeOperations;
