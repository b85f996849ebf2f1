/** Draws what a server answered to a look by hand: how many, which, how long it took, and the JSON. */
import type { FhirLook } from '../../../runtime/editor-api/fhir-contract.ts';
import { element } from './elements.ts';
import { problemLine } from './preview-answer.ts';

type Say = (key: string, values?: Readonly<Record<string, string>>) => string;

export function drawLook(look: FhirLook, say: Say): readonly HTMLElement[] {
  const { outcome, found, total, more, ms, entries, json, cut, problem } = look;
  const facts: readonly (readonly [string, string])[] = [
    ['result', say(outcome, { count: String(found) })],
    ['total', total === null || total === found ? '' : String(total)],
    ['pages', more ? say('more') : ''],
    ['time', say('milliseconds', { ms: String(ms) })],
  ];
  const list = element(
    'dl',
    'wardflow-facts',
    ...facts
      .filter(([, value]) => value !== '')
      .map(([key, value]) => element('div', '', element('dt', '', say(key)), element('dd', '', value))),
  );
  list.classList.toggle('wardflow-facts-ok', outcome === 'found');
  return [
    ...(problem ? [problemLine(problem.title, problem.remedy)] : []),
    list,
    ...(entries.length === 0 ? [] : [element('ul', 'wardflow-look-found', ...entries.map((one) => entry(one, say)))]),
    ...(found > entries.length
      ? [element('p', 'wardflow-preview-about', say('and-more', { count: String(found - entries.length) }))]
      : []),
    ...(json === '' ? [] : [answered(json, cut, say)]),
  ];
}

function entry({ reference, version, at, deleted }: FhirLook['entries'][number], say: Say): HTMLElement {
  const about = [
    version === null ? '' : say('version-of', { version }),
    at === null ? '' : at.replace('T', ' '),
    deleted ? say('deleted') : '',
  ];
  return element(
    'li',
    '',
    element('code', '', reference ?? say('no-id')),
    ...about.filter((part) => part !== '').map((part) => element('span', '', part)),
  );
}

function answered(json: string, cut: boolean, say: Say): HTMLElement {
  const shown = element('pre', 'wardflow-look-json', json);
  // It scrolls, so the keyboard must get there.
  shown.tabIndex = 0;
  shown.setAttribute('aria-label', say('json'));
  const details = element('details', 'wardflow-look-raw', element('summary', '', say('json')), shown);
  if (cut) details.append(element('p', 'wardflow-preview-about', say('cut')));
  return details;
}
