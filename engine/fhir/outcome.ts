const MOST_ISSUES = 20;
const CODE = /^[a-z-]{1,30}$/;
/** A plain path of element names: anything with a filter could hold a value. */
const PLAIN_PATH = /^[A-Z][A-Za-z]{1,40}(\.[A-Za-z]{1,40}(\[\d{1,4}\])?){1,8}$/;

/**
 * What an OperationOutcome says, without what it may quote: the issue codes and the elements they are about, such as
 * `business-rule at Task.for`. `diagnostics` and `details` are left out.
 */
export function issueCodes(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('issue' in body) || !Array.isArray(body.issue))
    return 'no outcome';
  const said = body.issue
    .slice(0, MOST_ISSUES)
    .map(issue)
    .filter((one) => one !== null);
  return said.length === 0 ? 'no outcome' : [...new Set(said)].join(', ');
}

function issue(given: unknown): string | null {
  if (typeof given !== 'object' || given === null) return null;
  const { code, expression } = given as { code?: unknown; expression?: unknown };
  if (typeof code !== 'string' || !CODE.test(code)) return null;
  const place: unknown = Array.isArray(expression) ? expression[0] : null;
  return typeof place === 'string' && PLAIN_PATH.test(place) ? `${code} at ${place}` : code;
}
