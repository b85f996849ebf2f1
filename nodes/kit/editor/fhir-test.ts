/** The button of an endpoint's form that asks the server, with what is bound to the name in this environment. */
import type { FhirTest } from '../../../runtime/editor-api/fhir-contract.ts';
import { askRuntime, NoRuntime, RuntimeRefusal } from './ask-runtime.ts';
import { element } from './elements.ts';
import { forgetFhirNames } from './fhir-fields.ts';
import { problemLine } from './preview-answer.ts';
import { translate, type EditorNode } from './red.ts';

export function fhirTest(place: HTMLElement, nameField: HTMLInputElement, node: EditorNode): void {
  const say = (key: string, values?: Readonly<Record<string, string>>): string =>
    translate(node, `kit.fhir.test.${key}`, values);
  const button = element('button', 'red-ui-button', say('ask'));
  button.type = 'button';
  const answer = element('div', 'wardflow-fhir-test');
  answer.setAttribute('role', 'status');
  place.replaceChildren(button, answer);

  const ask = async (): Promise<void> => {
    button.disabled = true;
    answer.replaceChildren(element('p', 'wardflow-preview-about', say('asking')));
    try {
      const test = await askRuntime<FhirTest>('fhir/test', { body: { endpoint: nameField.value.trim() } });
      forgetFhirNames();
      answer.replaceChildren(...drawn(test));
    } catch (error) {
      const told =
        error instanceof RuntimeRefusal
          ? problemLine(error.message, error.remedy)
          : problemLine(say(error instanceof NoRuntime ? 'no-runtime' : 'failed'), '');
      answer.replaceChildren(told);
    }
    button.disabled = false;
  };
  const drawn = (test: FhirTest): readonly HTMLElement[] => {
    const facts: readonly (readonly [string, string])[] = [
      ['result', say(test.ok ? 'ok' : 'not-ok')],
      ['software', test.software],
      ['version', test.fhirVersion],
      ['credentials', say(`credentials-${test.credentials}`)],
      ['types', test.types === 0 ? '' : String(test.types)],
      ['time', say('milliseconds', { ms: String(test.ms) })],
    ];
    const list = element(
      'dl',
      'wardflow-facts',
      ...facts
        .filter(([, value]) => value !== '')
        .map(([key, value]) => element('div', '', element('dt', '', say(key)), element('dd', '', value))),
    );
    list.classList.toggle('wardflow-facts-ok', test.ok);
    return test.problem ? [problemLine(test.problem.title, test.problem.remedy), list] : [list];
  };
  button.addEventListener('click', () => void ask());
}
