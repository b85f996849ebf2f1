/** The issue codes of an OperationOutcome, comma-separated: `diagnostics` and `details` may quote what was sent, so they are left out. */
export function issueCodes(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('issue' in body) || !Array.isArray(body.issue))
    return 'no outcome';
  const codes = body.issue
    .slice(0, 20)
    .map((issue: unknown) => (typeof issue === 'object' && issue !== null && 'code' in issue ? issue.code : null))
    .filter((code: unknown): code is string => typeof code === 'string' && /^[a-z-]{1,30}$/.test(code));
  return codes.length === 0 ? 'no outcome' : [...new Set(codes)].join(', ');
}
