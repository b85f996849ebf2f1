/** What the forms complete names from: the rule tables, ladders, alert policies and checklists of the definition that a tab belongs to. */
import type { NodeAPI } from 'node-red';
import type { Definition } from '../../engine/index.ts';
import type { NodeServices } from '../../runtime/services.ts';

export interface DefinitionChoices {
  readonly definition: string | null;
  readonly rules: readonly { readonly name: string; readonly title: string }[];
  readonly ladders: readonly { readonly name: string; readonly title: string }[];
  readonly alerts: readonly { readonly name: string; readonly title: string }[];
  readonly checklists: readonly { readonly name: string; readonly title: string }[];
}

/** A rule table at a glance: as much as a form has room for. */
export interface RuleTableGlance {
  readonly title: string;
  /** Whose file it is in. */
  readonly definition: string;
  readonly hitPolicy: string;
  /** Of the console, below its address. */
  readonly page: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly total: number;
}

const GLANCE_ROWS = 12;

function glanceOf(definition: Definition, name: string): RuleTableGlance | undefined {
  const table = definition.rules.get(name);
  if (!table) return undefined;
  // A table of _shared is changed there, and its rows are with it.
  const text = definition.files[`rules/${name}.json`];
  const { rows } = JSON.parse(text ?? '{"rows":[]}') as {
    readonly rows: readonly {
      readonly id: string;
      readonly when: readonly string[];
      readonly then: readonly unknown[];
    }[];
  };
  const shown = (value: unknown): string =>
    value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return {
    title: table.title,
    definition: text === undefined ? '_shared' : definition.name,
    hitPolicy: table.hitPolicy,
    page: `/definitions/${text === undefined ? '_shared' : definition.name}/rules/${name}`,
    columns: ['', ...table.inputs.map(({ label }) => label), ...table.outputs.map((output) => output.name)],
    rows: rows.slice(0, GLANCE_ROWS).map((row) => [row.id, ...row.when, ...row.then.map(shown)]),
    total: table.rowCount,
  };
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
      alerts: [...(definition?.alerts.values() ?? [])].map(({ name }) => ({ name, title: '' })),
      checklists: [...(definition?.checklists.values() ?? [])].map(({ name, title }) => ({ name, title: title ?? '' })),
    };
    response.json(answer);
  });
  RED.httpAdmin.get(
    '/wardflow/rule-tables/:tab/:table',
    RED.auth.needsPermission('flows.read'),
    (request, response) => {
      const services = (RED.settings as { readonly wardflow?: NodeServices }).wardflow;
      const tab = String(request.params['tab']);
      const definition = services?.definitionOf({ id: tab, z: tab });
      const glance = definition && glanceOf(definition, String(request.params['table']));
      if (glance) response.json(glance);
      else response.status(404).json({});
    },
  );
}
