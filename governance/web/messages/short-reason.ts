/** The reason in a few words for a row; the whole sentence stands in the trace. The first clause, as the catalogue wrote it. */
export function shortReason(reason: { readonly code: string; readonly text: string }): string {
  const clause = /^[^:.;]+/.exec(reason.text)?.[0].trim() ?? '';
  return clause === '' ? reason.code : clause.replace(/^The /, '').replace(/^./, (letter) => letter.toUpperCase());
}
