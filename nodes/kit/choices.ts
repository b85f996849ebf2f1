/** What the forms complete names from: the rule tables and ladders of the definition that a tab belongs to. */
import type { NodeAPI } from 'node-red';
import type { NodeServices } from '../../runtime/services.ts';

export interface DefinitionChoices {
  readonly definition: string | null;
  readonly rules: readonly { readonly name: string; readonly title: string }[];
  readonly ladders: readonly { readonly name: string; readonly title: string }[];
}

const serving = new WeakSet<object>();

/** Serves `GET wardflow/choices/:tab` to the editor, once for each runtime, to whoever may read flows. */
export function serveChoices(RED: NodeAPI): void {
  if (!RED.httpAdmin || serving.has(RED.httpAdmin)) return;
  serving.add(RED.httpAdmin);
  RED.httpAdmin.get('/wardflow/choices/:tab', RED.auth.needsPermission('flows.read'), (request, response) => {
    const services = (RED.settings as { readonly wardflow?: NodeServices }).wardflow;
    const tab = String(request.params['tab']);
    const definition = services?.definitionOf({ id: tab, z: tab });
    const answer: DefinitionChoices = {
      definition: definition?.name ?? null,
      rules: [...(definition?.rules.values() ?? [])].map(({ name, title }) => ({ name, title })),
      ladders: [...(definition?.ladders.values() ?? [])].map(({ name }) => ({ name, title: '' })),
    };
    response.json(answer);
  });
}
