/** A message's trace for a terminal: states, names, and of each decision the sentence that says why; never the body. */
import { answerWords, firstAnswerWords } from '../../governance/api/answer-words.ts';
import { FORMAT_WORDS, HELD_WORD, heldBecause, isHeld, wordAndTerm } from '../../governance/api/message-words.ts';
import type { MessageDetail } from '../../runtime/api/contract.ts';
import type { TaskView } from '../../runtime/api/task-contract.ts';
import { columns, dateTime, safe } from '../terminal.ts';
import { whoOf } from './tasks.ts';

export function messageText(detail: MessageDetail, tasks: readonly TaskView[]): string {
  const { message, resends, work, decisions, effects, escalations, acknowledgement } = detail;
  const sent = message.answeredAt === null ? null : `, ${dateTime(message.answeredAt)}`;
  const facts: (readonly (string | null)[])[] = [
    ['message', message.id],
    [
      'state',
      `${message.held ? heldBecause(message.held.because) : wordAndTerm(message.state)} since ${dateTime(message.stateSince)}`,
    ],
    ...(message.held === null ? [] : [['reason', `${message.held.sentence} (${message.held.because})`]]),
    ...(message.reason === null ? [] : [['reason', `${message.reason.text} (${message.reason.code})`]]),
    ['received', `${dateTime(message.receivedAt)} by feed ${message.feed}, ${message.size} bytes`],
    ['type', message.type],
    ['control id', message.controlId],
    ['sender', message.sender],
    ['format', FORMAT_WORDS[message.format]],
    ...(message.format === 'hl7v2' ? [['answered', firstAnswerWords(message.answer.code, sent, 'not sent')]] : []),
    ...(acknowledgement ? [['then', answerWords(acknowledgement, dateTime)]] : []),
    ...(message.resendOf === null ? [] : [['resend of', message.resendOf]]),
    ...resends.map(({ id, receivedAt }) => ['sent again', `${dateTime(receivedAt)} as ${id}`]),
  ];
  return [
    columns(facts),
    ...work.map((item) => {
      const head = `${item.subscription}: ${isHeld(item) ? HELD_WORD.toLowerCase() : item.state}, lane ${item.lane}, attempt ${item.attempt}`;
      const trouble = item.failure === null ? '' : `: ${item.failure.text} ${item.failure.remedy ?? ''}`;
      const steps = item.attempts.flatMap(({ attempt, steps }) =>
        steps
          .toSorted((a, b) => a.at - b.at)
          .map((step) => [
            `  ${attempt}`,
            dateTime(step.at),
            step.outcome,
            step.node.name === '' ? step.node.type : step.node.name,
            step.ms === null ? '' : `${Math.round(step.ms)} ms`,
          ]),
      );
      return `\n${safe(head)}${safe(trouble)}\n${columns(steps)}`;
    }),
    section(
      'decisions',
      decisions.map(({ at, table, matched, error, sentence }) => [
        dateTime(at),
        table,
        error ?? (matched.length > 0 ? `row ${matched.join(', ')}` : 'no row'),
        sentence,
      ]),
    ),
    section(
      'effects',
      effects.map(({ startedAt, name, target, state, tries, summary, failure }) => [
        dateTime(startedAt),
        name,
        target,
        `${state}${tries > 1 ? ` after ${tries} tries` : ''}`,
        summary ?? failure?.text ?? '',
      ]),
    ),
    section(
      'escalations',
      escalations.map(({ id, name, state, title, nextAt, endedBy }) => [
        id,
        name,
        state,
        title,
        endedBy === null ? (nextAt === null ? '' : `next step ${dateTime(nextAt)}`) : `by ${endedBy.actor}`,
      ]),
    ),
    section(
      'tasks',
      tasks.map(({ id, state, title, assigned, dueAt }) => [
        id,
        state,
        title,
        `for ${whoOf(assigned)}`,
        dueAt === null ? '' : `due ${dateTime(dueAt)}`,
      ]),
    ),
  ].join('');
}

function section(title: string, rows: readonly (readonly (string | null)[])[]): string {
  return rows.length === 0 ? '' : `\n${title}\n${columns(rows.map((row) => [` `, ...row]))}`;
}
