const MOST_ISSUES = 20;
const CODE = /^[a-z-]{1,30}$/;
/** A plain path of element names: anything with a filter could hold a value. */
const PLAIN_PATH = /^[A-Z][A-Za-z]{1,40}(\.[A-Za-z]{1,40}(\[\d{1,4}\])?){1,8}$/;

/** The codes of R4's IssueType value set, as people say them. */
const WORDS: Readonly<Record<string, string>> = {
  invalid: 'the content is not valid',
  structure: 'the structure is wrong',
  required: 'a required element is missing',
  value: 'a value is not allowed',
  invariant: 'a rule of FHIR is broken',
  security: 'access is refused',
  login: 'a login is needed',
  unknown: 'the user is not known',
  expired: 'the session has ended',
  forbidden: 'this user may not do it',
  suppressed: 'something is withheld',
  processing: 'the server could not process it',
  'not-supported': 'the server does not support it',
  duplicate: 'it is there already',
  'multiple-matches': 'several resources match',
  'not-found': 'something named there was not found',
  deleted: 'something named there was deleted',
  'too-long': 'it is too long',
  'code-invalid': 'a code is not known',
  extension: 'an extension is not accepted',
  'too-costly': 'it costs the server too much',
  'business-rule': 'a rule of the server does not allow it',
  conflict: 'it conflicts with what is there',
  transient: 'the server has a passing trouble',
  'lock-error': 'the record is locked',
  'no-store': 'the server has nowhere to keep it',
  exception: 'the server met an error of its own',
  timeout: 'the server took too long',
  incomplete: 'the answer is not complete',
  throttled: 'the server is asked too often',
  informational: 'the server only gives information',
};

/** About what the server holds or wants: no other form of the same content would be taken. */
const OF_THE_SERVER = new Set(['business-rule', 'conflict', 'lock-error', 'suppressed', 'duplicate']);

const SILENT = 'it does not say why';

/**
 * What an OperationOutcome says, without what it may quote: its issues in words and the elements they are about, such as
 * `a rule of the server does not allow it, at Task.for`. `diagnostics` and `details` are left out.
 */
export function issuesInWords(body: unknown): string {
  const said = issuesOf(body).map(({ code, at }) => {
    const words = WORDS[code] ?? `the server gives the reason "${code}"`;
    return at === null ? words : `${words}, at ${at}`;
  });
  return said.length === 0 ? SILENT : [...new Set(said)].join('; ');
}

/** Every issue is about a rule or the state of the server, none about how the content was made. */
export function isRuleOfServer(body: unknown): boolean {
  const issues = issuesOf(body);
  return issues.length > 0 && issues.every(({ code }) => OF_THE_SERVER.has(code));
}

interface Issue {
  readonly code: string;
  readonly at: string | null;
}

function issuesOf(body: unknown): readonly Issue[] {
  if (typeof body !== 'object' || body === null || !('issue' in body) || !Array.isArray(body.issue)) return [];
  return body.issue.slice(0, MOST_ISSUES).flatMap((given: unknown) => {
    if (typeof given !== 'object' || given === null) return [];
    const { code, expression } = given as { code?: unknown; expression?: unknown };
    if (typeof code !== 'string' || !CODE.test(code)) return [];
    const place: unknown = Array.isArray(expression) ? expression[0] : null;
    return [{ code, at: typeof place === 'string' && PLAIN_PATH.test(place) ? place : null }];
  });
}
