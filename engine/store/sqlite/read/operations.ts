/** What the reading worker can be asked. */
import {
  acknowledgementBytes,
  countAcknowledgements,
  dueAcknowledgements,
  endedAcknowledgements,
  getAcknowledgement,
  nextAcknowledgementDue,
} from './acknowledgements.ts';
import { getAlert, listAlerts, listHeldBack, newestAlertOfGroup } from './alerts.ts';
import {
  auditHead,
  decisionsOfMessage,
  dueEscalations,
  effectsOfMessage,
  getDefinition,
  latestDefinition,
  getEffect,
  getEscalation,
  listAudit,
  listEscalations,
  nextEscalationDue,
} from './clinical.ts';
import { figureMinutes, queueDepth, reasonFigures } from './figures.ts';
import { countMessages, getBytes, getMessage, lastPerFeed, listMessages, resends } from './messages.ts';
import { listSwitches } from './switches.ts';
import { countTasks, getTask, listTasks, taskEvents, tasksOutOfStep } from './tasks.ts';
import {
  backlog,
  countWork,
  doneAfter,
  firstWaiting,
  getWork,
  nextDue,
  parkedChildren,
  workOfMessage,
} from './work.ts';

export const readOperations = {
  'journal.get': getMessage,
  'journal.bytes': getBytes,
  'journal.list': listMessages,
  'journal.counts': countMessages,
  'journal.resends': resends,
  'journal.lastPerFeed': lastPerFeed,
  'acknowledgements.get': getAcknowledgement,
  'acknowledgements.bytes': acknowledgementBytes,
  'acknowledgements.due': dueAcknowledgements,
  'acknowledgements.nextDue': nextAcknowledgementDue,
  'acknowledgements.ended': endedAcknowledgements,
  'acknowledgements.counts': countAcknowledgements,
  'work.nextDue': nextDue,
  'work.parkedChildren': parkedChildren,
  'work.doneAfter': doneAfter,
  'work.ofMessage': workOfMessage,
  'work.get': getWork,
  'work.counts': countWork,
  'work.backlog': backlog,
  'work.firstWaiting': firstWaiting,
  'effects.get': getEffect,
  'effects.ofMessage': effectsOfMessage,
  'decisions.ofMessage': decisionsOfMessage,
  'escalations.due': dueEscalations,
  'escalations.nextDue': nextEscalationDue,
  'escalations.get': getEscalation,
  'escalations.list': listEscalations,
  'tasks.get': getTask,
  'tasks.events': taskEvents,
  'tasks.list': listTasks,
  'tasks.counts': countTasks,
  'tasks.outOfStep': tasksOutOfStep,
  'alerts.get': getAlert,
  'alerts.ofGroup': newestAlertOfGroup,
  'alerts.list': listAlerts,
  'alerts.heldBackList': listHeldBack,
  'audit.list': listAudit,
  'audit.head': auditHead,
  'definitions.get': getDefinition,
  'definitions.latest': latestDefinition,
  'switches.list': listSwitches,
  'figures.minutes': figureMinutes,
  'figures.depth': queueDepth,
  'figures.reasons': reasonFigures,
} as const;

export type ReadOperations = typeof readOperations;
