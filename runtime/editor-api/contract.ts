/**
 * What the editor's sidebar asks of its runtime, below `EDITOR_API`, with the person's session. Times are epoch milliseconds.
 * Problems are RFC 9457, as in `api/contract.ts`.
 */
import type { Intent } from '../../engine/index.ts';

export const EDITOR_API = '/wardflow/editor';

/** GET /context */
export interface EditorContext {
  readonly environment: string;
  /** Address of the console, under the host name that the editor was opened with. */
  readonly console: string;
  /** Behind the gate: nothing is changed here. */
  readonly readOnly: boolean;
  /** What runs behind the gate; `null`: nothing, or there is no gate. */
  readonly release: { readonly sequence: number; readonly bundle: string; readonly since: number } | null;
}

/** GET /definition?node=<id of a tab or subflow>; 404: it belongs to no definition that was deployed. */
export interface DefinitionInView<Known> {
  readonly name: string;
  readonly version: string;
  readonly intent: Pick<Intent, 'title' | 'purpose' | 'owner' | 'risk'>;
  /** Who deployed this version, as far as this runtime knows. */
  readonly deployed: { readonly by: string; readonly at: number } | null;
  /** As the console answers `GET /editor/definitions/:definition`; `null`: it does not, and `problem` says why. */
  readonly known: Known | null;
  readonly problem: { readonly title: string; readonly remedy: string } | null;
}

/** POST /proposals -> SubmittedProposal: a draft, which its author signs at the console. Not behind the gate. */
export interface SubmitWish {
  readonly definitions: readonly string[];
  readonly title: string;
  readonly summary: string;
}
export interface SubmittedProposal {
  readonly number: number;
  /** Where to sign it. */
  readonly page: string;
}

/** GET /conflicts/:definition, POST /conflicts/:definition { version }: as the console's `/editor/conflicts/...`; null for 204. */

/** GET /deploys?since=<time> -> { deploys }: what was deployed since, newest first. */
export interface Deploy {
  readonly definition: string;
  readonly by: string;
  readonly at: number;
}
