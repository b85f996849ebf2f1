import { defineErrors } from '../base/errors.ts';

/** What can go wrong on the way to a FHIR server and back. `{endpoint}` is the name in bindings.json, never an address. */
export const fhirErrors = defineErrors({
  'endpoint-base-invalid': {
    class: 'permanent',
    text: 'The base address of the FHIR endpoint "{endpoint}" cannot be used: {reason}.',
    remedy:
      'Set "base" of "{endpoint}" in bindings.json (or WARDFLOW_FHIR_BASE) to an http or https address without query or credentials.',
  },
  'endpoint-credential-missing': {
    class: 'permanent',
    text: 'The credential "{credential}" of the FHIR endpoint "{endpoint}" cannot be read.',
    remedy: 'Put the token into the file credentials/{credential} of the data folder, readable by this user only.',
  },
  'endpoint-unreachable': {
    class: 'transient',
    text: 'The FHIR endpoint "{endpoint}" does not accept connections ({cause}).',
    remedy: 'Start the server or mend its address in bindings.json; the work waits and is tried again.',
  },
  'endpoint-tls': {
    class: 'transient',
    text: 'The certificate of the FHIR endpoint "{endpoint}" is not trusted ({cause}).',
    remedy:
      'Renew the certificate of the server, or name its authority as "ca" under "tls" of the endpoint in bindings.json; where the server asks for a certificate of ours, name it there.',
  },
  'endpoint-tls-file': {
    class: 'transient',
    text: 'The file "{file}" of the FHIR endpoint "{endpoint}" cannot be used: {reason}.',
    remedy: 'Put it right in the folder tls of the environment; it is read again at the next connection.',
  },
  'endpoint-key-unusable': {
    class: 'permanent',
    text: 'The key "{credential}" of the FHIR endpoint "{endpoint}" cannot be used: {reason}.',
    remedy:
      'Put the private key of this client (PEM or JWK, P-384 or RSA) into the file credentials/{credential} of the environment, readable by this user only; then redrive.',
  },
  'endpoint-token-refused': {
    class: 'permanent',
    text: 'The FHIR endpoint "{endpoint}" gives this client no token: {reason} (HTTP {status}).',
    remedy:
      'Check "clientId", "scope", "kid" and the key under "auth" of the endpoint in bindings.json against what is registered at the server, and the clock of this machine; then redrive.',
  },
  'endpoint-token-unavailable': {
    class: 'transient',
    text: 'The authorization server of the FHIR endpoint "{endpoint}" gave no usable answer ({cause}).',
    remedy: 'Start that server or mend its address; the work waits and is tried again.',
  },
  'endpoint-token-throttled': {
    class: 'throttled',
    text: 'The authorization server of the FHIR endpoint "{endpoint}" asked to wait (HTTP {status}).',
    remedy: 'The work waits as long as the server asked.',
  },
  'endpoint-token-unknown': {
    class: 'transient',
    text: 'The FHIR endpoint "{endpoint}" does not say where tokens are given (HTTP {status}).',
    remedy: 'State "tokenUrl" under "auth" of the endpoint in bindings.json.',
  },
  'endpoint-token-elsewhere': {
    class: 'permanent',
    text: 'The FHIR endpoint "{endpoint}" says that tokens are given at another origin, or in clear; it was not asked there.',
    remedy:
      'If that is right, state the address as "tokenUrl" under "auth" of the endpoint in bindings.json; then redrive.',
  },
  'endpoint-busy': {
    class: 'transient',
    text: 'Too many requests wait for the FHIR endpoint "{endpoint}".',
    remedy: 'The work is tried again; raise "concurrency" of the endpoint if its server can take more at once.',
  },
  'endpoint-closed': {
    class: 'transient',
    text: 'The FHIR endpoint "{endpoint}" is closed because Wardflow is stopping.',
    remedy: 'Nothing to do: the work is taken up at the next start.',
  },
  'endpoint-auth': {
    class: 'permanent',
    text: 'The FHIR endpoint "{endpoint}" refused the credentials (HTTP {status}).',
    remedy:
      'Put a valid token into the credential file that "auth" of the endpoint names in bindings.json (it may have expired), then redrive.',
  },
  'fhir-forbidden': {
    class: 'permanent',
    text: 'The FHIR endpoint "{endpoint}" knows us but does not allow us to {kind} {type} (HTTP 403).',
    remedy: 'Ask whoever runs the server to allow this client to {kind} {type}, then redrive.',
  },
  'fhir-type-unsupported': {
    class: 'permanent',
    text: 'The FHIR endpoint "{endpoint}" has no place to {kind} {type} (HTTP {status}).',
    remedy:
      'Check that "base" of the endpoint in bindings.json is the root of the FHIR server, and that the server lists {type} in its CapabilityStatement; then redrive.',
  },
  'fhir-invalid': {
    class: 'permanent',
    text: 'The {type} was refused by "{endpoint}": {issue} (HTTP {status}).',
    remedy:
      'Something in it is missing or wrong: mend the expression of the node that builds the {type}, or correct the data at the sender, then redrive.',
  },
  'fhir-rule': {
    class: 'permanent',
    text: 'The {type} was refused by "{endpoint}": {issue} (HTTP {status}).',
    remedy:
      'Look at the record on that server, or ask whoever runs it what the rule wants; mend it there, then redrive.',
  },
  'endpoint-redirect': {
    class: 'permanent',
    text: 'The FHIR endpoint "{endpoint}" answered with a redirect (HTTP {status}), which is not followed.',
    remedy: 'Set "base" of the endpoint to the address that the server redirects to.',
  },
  'fhir-no-answer': {
    class: 'transient',
    text: 'The FHIR endpoint "{endpoint}" took the request and did not answer it ({cause}).',
    remedy: 'The read is tried again.',
  },
  'fhir-answer-lost': {
    class: 'ambiguous',
    text: 'The FHIR endpoint "{endpoint}" took a write and its answer was lost ({cause}): it may have happened.',
    remedy: 'Wardflow looks the resource up by its identifier before it writes again.',
  },
  'fhir-answer-too-large': {
    class: 'permanent',
    text: 'An answer of the FHIR endpoint "{endpoint}" is larger than {limit} bytes.',
    remedy: 'Narrow the search, or raise "maxAnswerBytes" of the endpoint in bindings.json.',
  },
  'fhir-answer-too-deep': {
    class: 'permanent',
    text: 'An answer of the FHIR endpoint "{endpoint}" nests its elements more than {limit} deep.',
    remedy: 'No resource that is meant does. Ask the owner of the server which one it is.',
  },
  'fhir-answer-not-fhir': {
    class: 'transient',
    text: 'The FHIR endpoint "{endpoint}" answered with something that is no FHIR JSON (HTTP {status}).',
    remedy: 'Check that "base" of the endpoint is the root of a FHIR R4 server and not a web page.',
  },
  'fhir-throttled': {
    class: 'throttled',
    text: 'The FHIR endpoint "{endpoint}" asked to wait (HTTP {status}).',
    remedy: 'The work waits as long as the server asked.',
  },
  'fhir-server-error': {
    class: 'transient',
    text: 'The server of "{endpoint}" failed: {issue} (HTTP {status}).',
    remedy: 'The work is tried again; look into the log of the server if it stays so.',
  },
  'fhir-not-found': {
    class: 'permanent',
    text: 'The FHIR endpoint "{endpoint}" does not have this {type} (HTTP 404).',
    remedy: 'Check the id that the flow uses.',
  },
  'fhir-gone': {
    class: 'permanent',
    text: 'This {type} was deleted on the FHIR endpoint "{endpoint}" (HTTP 410).',
    remedy: 'Check who deleted it; redrive once it is there again.',
  },
  'fhir-refused': {
    class: 'permanent',
    text: 'The request was refused by "{endpoint}": {issue} (HTTP {status}).',
    remedy: 'Look up what the server means by this status; mend what the flow writes or asks for, then redrive.',
  },
  'fhir-conflict': {
    class: 'transient',
    text: 'This {type} kept changing on the FHIR endpoint "{endpoint}" while Wardflow wanted to change it.',
    remedy:
      'It is tried again on the newest version; if it stays so, look on the server for another system that changes it, or for several resources with one identifier.',
  },
  'fhir-not-yet-found': {
    class: 'transient',
    text: 'The FHIR endpoint "{endpoint}" does not find the {type} that it says exists already.',
    remedy: 'It is tried again; if it stays so, check on the server whether it indexes identifiers.',
  },
  'fhir-no-version': {
    class: 'permanent',
    text: 'The FHIR endpoint "{endpoint}" gives no version for {type}, so it cannot be changed safely.',
    remedy: 'Switch on versioning (ETag or meta.versionId) for this type on the server.',
  },
  'fhir-type-invalid': {
    class: 'permanent',
    text: 'This is not the name of a FHIR resource type.',
    remedy: 'Set a type such as "Task" in the node.',
  },
  'fhir-id-invalid': {
    class: 'permanent',
    text: 'This is not a FHIR resource id: 1 to 64 letters, digits, hyphens and dots.',
    remedy: 'Check where the flow takes the id of the {type} from.',
  },
  'fhir-no-identifier': {
    class: 'permanent',
    text: '{type} has no element "identifier" that a repeat could be recognised by.',
    remedy: 'Write another type, or change an existing resource instead of creating one.',
  },
  'fhir-version-invalid': {
    class: 'permanent',
    text: 'This is not the version of a FHIR resource: 1 to 64 letters, digits, hyphens and dots.',
    remedy: 'Check where the flow takes the version of the {type} from.',
  },
  'fhir-operation-invalid': {
    class: 'permanent',
    text: 'This is not the name of a FHIR operation.',
    remedy: 'Set a name such as "$everything".',
  },
  'fhir-transaction-invalid': {
    class: 'permanent',
    text: 'The transaction is not sent: {reason}.',
    remedy: 'Mend the expression of the node that builds the Bundle.',
  },
  'fhir-transaction-torn': {
    class: 'permanent',
    text: 'The FHIR endpoint "{endpoint}" did only {there} of {all} entries of a transaction.',
    remedy:
      'Complete or take back on the server what it did, and discard the message; write to this server without transactions.',
  },
  'fhir-not-in-sends': {
    class: 'permanent',
    text: 'The definition does not say that {type} is sent to this endpoint.',
    remedy:
      'Name {type} with its elements under "sends" of the endpoint in intent.json, have it reviewed, then redrive.',
  },
  'fhir-not-in-allow': {
    class: 'permanent',
    text: 'The endpoint may not be sent {type}.',
    remedy: 'Name {type} with its elements under "allow" of the endpoint in bindings.json, then redrive.',
  },
  'fhir-mandatory-not-permitted': {
    class: 'permanent',
    text: 'Without its element "{element}", which may not be sent, {type} is no valid resource.',
    remedy:
      'Permit "{element}" of {type} under "sends" of the endpoint in intent.json and, where it has such a list, under "allow" in bindings.json; then redrive.',
  },
  'fhir-modifier-not-permitted': {
    class: 'permanent',
    text: 'Without its element "{element}", which may not be sent, this {type} would say something else.',
    remedy:
      'Permit "{element}" of {type} under "sends" of the endpoint in intent.json and, where it has such a list, under "allow" in bindings.json; then redrive.',
  },
  'fhir-link-elsewhere': {
    class: 'permanent',
    text: 'The FHIR endpoint "{endpoint}" gave a next page outside its own base address; it was not followed.',
    remedy: 'Set the public base address on the server so that its links begin with "base" of the endpoint.',
  },
  'fhir-too-many': {
    class: 'permanent',
    text: 'A search on the FHIR endpoint "{endpoint}" gave more than {limit} entries.',
    remedy: 'Narrow the search.',
  },
});
