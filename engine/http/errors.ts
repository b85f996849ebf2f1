import { defineErrors } from '../base/errors.ts';

/** What can go wrong on the way to an HTTP server and back. `{endpoint}` is the name in bindings.json, never an address. */
export const httpErrors = defineErrors({
  'http-base-invalid': {
    class: 'permanent',
    text: 'The base address of the HTTP endpoint "{endpoint}" cannot be used: {reason}.',
    remedy:
      'Set "base" of "{endpoint}" in bindings.json to an http or https address without query or credentials; https where "auth" is used.',
  },
  'http-credential-missing': {
    class: 'permanent',
    text: 'The credential "{credential}" of the HTTP endpoint "{endpoint}" cannot be read.',
    remedy: 'Put it into the file credentials/{credential} of the data folder, one line, readable by this user only.',
  },
  'http-port-failed': {
    class: 'transient',
    text: 'Nothing can listen for HTTP at port {port} of {host} ({code}).',
    remedy: 'Free the port or bind another one in bindings.json; it is tried again by itself.',
  },
  'http-request-wrong': {
    class: 'permanent',
    text: 'The request to the HTTP endpoint "{endpoint}" cannot be made: {reason}.',
    remedy: 'Mend the path, the headers or the body in the node that makes the request, then redrive.',
  },
  'http-unreachable': {
    class: 'transient',
    text: 'The HTTP endpoint "{endpoint}" does not accept connections ({cause}).',
    remedy: 'Start the server or mend its address in bindings.json; the work waits and is tried again.',
  },
  'http-tls': {
    class: 'transient',
    text: 'The certificate of the HTTP endpoint "{endpoint}" is not trusted ({cause}).',
    remedy: 'Renew the certificate of the server, or name its authority in "tls" of the endpoint in bindings.json.',
  },
  'http-busy': {
    class: 'transient',
    text: 'Too many requests wait for the HTTP endpoint "{endpoint}".',
    remedy: 'The work is tried again; raise "concurrency" of the endpoint if its server can take more at once.',
  },
  'http-closed': {
    class: 'transient',
    text: 'The HTTP endpoint "{endpoint}" is closed because Wardflow is stopping.',
    remedy: 'Nothing to do: the work is taken up at the next start.',
  },
  'http-no-answer': {
    class: 'transient',
    text: 'The HTTP endpoint "{endpoint}" did not answer a read ({cause}).',
    remedy: 'The read is tried again; look at the server if it goes on.',
  },
  'http-answer-lost': {
    class: 'ambiguous',
    text: 'It is not known whether the HTTP endpoint "{endpoint}" has done what it was asked ({cause}).',
    remedy:
      'Look at the server whether it happened and decide on the message page; let the node repeat by itself where the server knows repeats by their key.',
  },
  'http-auth': {
    class: 'permanent',
    text: 'The HTTP endpoint "{endpoint}" refused who we are (HTTP {status}).',
    remedy: 'Put a valid credential into the file that "auth" of the endpoint names in bindings.json, then redrive.',
  },
  'http-refused': {
    class: 'permanent',
    text: 'The HTTP endpoint "{endpoint}" refused the request (HTTP {status}).',
    remedy: 'Mend what the node sends, or ask whoever runs the server what it takes; then redrive.',
  },
  'http-redirect': {
    class: 'permanent',
    text: 'The HTTP endpoint "{endpoint}" points to another address (HTTP {status}), which is not followed.',
    remedy: 'Set "base" of the endpoint in bindings.json to the address where the server is, then redrive.',
  },
  'http-throttled': {
    class: 'throttled',
    text: 'The HTTP endpoint "{endpoint}" asks to be called later (HTTP {status}).',
    remedy: 'Nothing to do: the work waits as long as it was told.',
  },
  'http-server-error': {
    class: 'transient',
    text: 'The HTTP endpoint "{endpoint}" failed to answer a read (HTTP {status}).',
    remedy: 'The read is tried again; look at the server if it goes on.',
  },
  'http-answer-too-large': {
    class: 'permanent',
    text: 'The answer of the HTTP endpoint "{endpoint}" is larger than {limit} bytes.',
    remedy: 'Ask for less, or raise "maxAnswerBytes" of the endpoint in bindings.json; then redrive.',
  },
});
