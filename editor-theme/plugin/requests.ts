/** What the sidebar asks its runtime, of the same origin and with the session that the page has. */
import type { DefinitionConflict, EditorDefinition } from '../../governance/api/proposal-contract.ts';
import type { FlowNode } from '../../governance/diff/index.ts';
import type {
  DefinitionInView,
  Deploy,
  EditorContext,
  SubmittedProposal,
  SubmitWish,
} from '../../runtime/editor-api/contract.ts';

export type InView = DefinitionInView<EditorDefinition>;

/** What was refused, in words. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string;

  constructor(status: number, code: string, title: string, remedy: string) {
    super(title);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }
}

export const askContext = (): Promise<EditorContext> => ask<EditorContext>('wardflow/editor/context');

/** `null`: the tab belongs to nothing that was deployed. */
export async function askDefinition(node: string): Promise<InView | null> {
  try {
    return await ask<InView>(`wardflow/editor/definition?node=${encodeURIComponent(node)}`);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  }
}

export const submit = (wish: SubmitWish): Promise<SubmittedProposal> =>
  ask<SubmittedProposal>('wardflow/editor/proposals', wish);

export const askConflict = (definition: string): Promise<DefinitionConflict> =>
  ask<DefinitionConflict>(`wardflow/editor/conflicts/${definition}`);

/** What production changed past staging was looked at. */
export const takeOver = (definition: string, version: string): Promise<unknown> =>
  ask(`wardflow/editor/conflicts/${definition}`, { version });

export async function askDeploys(since: number): Promise<readonly Deploy[]> {
  return (await ask<{ readonly deploys: readonly Deploy[] }>(`wardflow/editor/deploys?since=${since}`)).deploys;
}

export interface DeployedFlows {
  readonly flows: readonly FlowNode[];
  readonly rev: string;
}

export const askFlows = (): Promise<DeployedFlows> => ask<DeployedFlows>('flows', undefined, V2);

/** @throws Refusal with status 409: somebody was faster again */
export const deploy = (flows: DeployedFlows): Promise<unknown> =>
  ask('flows', flows, { ...V2, 'Node-RED-Deployment-Type': 'flows' });

const V2 = { 'Node-RED-API-Version': 'v2' };

async function ask<T>(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<T> {
  const response = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: 'application/json', ...headers, ...(body === undefined ? {} : JSON_BODY) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Refusal(0, 'runtime-unreachable', 'The runtime does not answer.', 'It is started again by itself.');
  });
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as Partial<Record<string, string>>;
  const { code = '', title = problem['message'] ?? 'It was refused.', remedy = '' } = problem;
  throw new Refusal(response.status, code, title, remedy);
}

const JSON_BODY = { 'content-type': 'application/json' };
