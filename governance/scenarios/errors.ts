/** What can keep a scenario from being run. That it fails is no error: it is a result. */
import { defineErrors } from '../../engine/index.ts';

export const scenarioErrors = defineErrors({
  'scenario-not-runnable': {
    class: 'permanent',
    text: 'The definition "{definition}" cannot be run: {reason}.',
    remedy: 'Run "npx wardflow check {definition}" and mend what it finds.',
  },
  'scenario-runtime-failed': {
    class: 'permanent',
    text: 'The runtime for the scenario "{scenario}" ended: {reason}',
    remedy: 'Mend what it says; "npx wardflow doctor" looks at the rest.',
  },
  'scenario-not-ready': {
    class: 'transient',
    text: 'The runtime for the scenario "{scenario}" was not ready within {seconds} s.',
    remedy: 'The machine is busy: run it again when it is not.',
  },
  'scenario-stuck': {
    class: 'permanent',
    text: 'The scenario "{scenario}" did not come to rest within {seconds} s.',
    remedy: 'Look for a loop in the flow, or for a node that waits in real time (delay, trigger).',
  },
  'scenario-unknown': {
    class: 'permanent',
    text: 'There is no scenario "{scenario}" in the definitions named.',
    remedy: 'Name one that is there: {known}.',
  },
});
