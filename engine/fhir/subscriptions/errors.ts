import { defineErrors } from '../../base/errors.ts';

export const subscriptionErrors = defineErrors({
  'subscription-unreadable': {
    class: 'permanent',
    text: 'The notification is no JSON that a FHIR server sends.',
    remedy: 'Look at its bytes in the console, and ask the owner of the server what it sends.',
  },
  'subscription-other-resource': {
    class: 'permanent',
    text: 'The notification is about another resource than the address or the subscription says.',
    remedy: 'Compare the criteria of the node with the Subscription on the server.',
  },
  'subscription-focus-elsewhere': {
    class: 'permanent',
    text: 'The notification points to a resource that is not on its own server.',
    remedy: 'It is not followed. Ask the owner of the server why it refers elsewhere.',
  },
  'subscription-not-yet': {
    class: 'transient',
    text: 'The server does not hold yet what it has notified of.',
    remedy: 'It is read again by itself; a replica of the server may be behind.',
  },
  'subscription-unbound': {
    class: 'permanent',
    text: 'Nothing is bound for {name} under "subscriptions" in bindings.json: changes are found by a poll alone.',
    remedy: 'Bind an address that the server can reach, or leave it so where a poll is enough.',
  },
  'subscription-credential-missing': {
    class: 'permanent',
    text: 'The credential "{credential}" of subscription {name} is missing or cannot be used.',
    remedy: 'Put a secret of at least 16 characters into the file of this name in the folder "credentials".',
  },
  'subscription-adjusted': {
    class: 'permanent',
    text: 'The server holds another subscription than was asked for: {what} differs.',
    remedy: 'Compare the criteria of the node with what the server supports; until then changes are found by a poll.',
  },
  'subscription-stopped-by-server': {
    class: 'permanent',
    text: 'The server has stopped the subscription (status {status}); it was asked to go on.',
    remedy: 'See that the server reaches the public address; what it did not deliver is found by a poll.',
  },
  'subscription-overdue': {
    class: 'permanent',
    text: 'The server has not been heard of for longer than its heartbeat allows.',
    remedy: 'See that the server reaches the public address; changes are found by a poll meanwhile.',
  },
  'subscription-not-taken': {
    class: 'permanent',
    text: 'The server takes no subscription ({code}): changes are found by a poll alone.',
    remedy: 'Ask its owner whether it supports rest-hook subscriptions for this resource.',
  },
  'subscription-poll-failed': {
    class: 'transient',
    text: 'The server could not be asked for changes ({code}).',
    remedy: 'It is asked again by itself, from where it was; nothing is lost meanwhile.',
  },
  'subscription-poll-stuck': {
    class: 'permanent',
    text: 'The server gave more changes at once than can be read, and not in the order of their time.',
    remedy: 'Narrow the criteria of the node, or ask for a server that sorts by _lastUpdated.',
  },
  'subscription-deletions-cut': {
    class: 'permanent',
    text: 'More was changed since the last poll than the history of the type gives: older deletions in it are not seen.',
    remedy:
      'Poll more often, or have the server notify of deletions; compare what is open in the flow with the server.',
  },
  'subscription-not-told': {
    class: 'permanent',
    text: 'Poll after poll finds changes that no notification told of.',
    remedy: 'See that the server reaches the public address and what it logs; changes come late until then.',
  },
  'subscription-broken': {
    class: 'permanent',
    text: 'What the server says could not be worked on: a fault of Wardflow ({cause}).',
    remedy: 'Report it with the log of that time. The server is asked again by itself; all else goes on.',
  },
  'subscription-withheld': {
    class: 'transient',
    text: 'Changes wait at the server: the feed takes none at present ({why}).',
    remedy: 'Look at the feed: it is stopped, or its backlog is at the limit.',
  },
});
