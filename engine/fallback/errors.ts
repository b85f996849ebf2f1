import { defineErrors, type ErrorEntry } from '../base/errors.ts';

const permanent = (text: string, remedy: string): ErrorEntry => ({ class: 'permanent', text, remedy });

export const fallbackErrors = defineErrors({
  'fallback-undeclared': permanent(
    'The flow {definition} declares no fallback.',
    'Declare one in its intent, or stop the flow by a switch.',
  ),
  'fallback-stale': permanent(
    'The fallback of the flow {definition} is another by now: {state}.',
    'Look at it as it is now, and decide again.',
  ),
  'fallback-not-in-force': permanent('The flow {definition} is in no fallback.', 'Nothing to do: it runs normally.'),
  'fallback-reason-missing': permanent('Entering and leaving a fallback needs a reason.', 'Say why in a sentence.'),
  'review-choice-missing': permanent(
    'The task asks what becomes of a held message, and "{step}" does not say it.',
    'Complete it with the reason "process" or "put-aside".',
  ),
  'review-newer-done': permanent(
    'Newer messages of the same patient were done since: {count}.',
    'Look at what they said; complete it with the reason "process-anyway" to process it behind them, or put it aside.',
  ),
  'review-still-recommending': permanent(
    'The flow {definition} only recommends at present: processing the message now would recommend the same again.',
    'End the fallback first, or do by hand what is recommended and put the message aside.',
  ),
});
