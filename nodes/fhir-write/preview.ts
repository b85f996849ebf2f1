/** What would be asked of the server for a sample. Nothing is: what the server has is not in it. */
import type { FhirEndpoint } from '../../engine/index.ts';
import type { AnyGiven, PreviewRow, ValuePreview } from '../../runtime/services.ts';
import { text } from '../kit/checks.ts';
import { findingRows, type Validating } from '../kit/finding-rows.ts';
import { previewOfExpressions, previewRow, problemOf } from '../kit/preview.ts';
import { fhirWrite } from './config.ts';
import { followingOf, ID_UNKNOWN, idIn, KEY, MOST_STEPS, requestOf, type Planned } from './planned.ts';

export interface PreviewedAt {
  /** Of an endpoint; `undefined`: it is not bound here. */
  writesAt(endpoint: string): FhirEndpoint['writes'];
  readonly validate: Validating;
}

const ofFields = previewOfExpressions(fhirWrite);

export function previewing(at: PreviewedAt): ValuePreview {
  return async (given) => {
    const { id, row } = await idOrProblem(given);
    const rows = [...row, ...(await rowsOfFields(given))];
    const endpoint = endpointIn(given);
    const writes = endpoint === '' ? undefined : at.writesAt(endpoint);
    try {
      const planned = await requestOf(given, { endpoint, allow: writes?.allow, id });
      if (planned.kind === 'refused') {
        const { text: title, remedy } = planned.failure;
        return { rows: [...rows, { field: 'request', problem: { title, remedy: remedy ?? '' } }] };
      }
      const checked = planned.whole ? (await findingRows('check', planned.whole, at.validate)).rows : [];
      const followed = writes?.provenance === true ? [followingRow(given, planned)] : [];
      return { rows: [...rows, ...requestRows(endpoint, planned), ...checked, ...followed] };
    } catch (error) {
      return { rows: [...rows, { field: 'resource', problem: problemOf(error) }] };
    }
  };
}

/** Of the config node; '' where none is chosen. */
function endpointIn({ config, definition }: AnyGiven): string {
  const node: object | undefined = definition?.flow.find((one) => one.id === config['endpoint']);
  return node && 'name' in node ? text(node.name).trim() : '';
}

async function idOrProblem(given: AnyGiven): Promise<{ readonly id: string; readonly row: readonly PreviewRow[] }> {
  const { operation } = given.config;
  if (operation !== 'update' && operation !== 'patch') return { id: ID_UNKNOWN, row: [] };
  try {
    return { id: await idIn(given), row: [] };
  } catch (error) {
    return { id: ID_UNKNOWN, row: [{ field: 'reference', problem: problemOf(error) }] };
  }
}

/** But for the fields of other operations, and for what is shown in the request. */
async function rowsOfFields(given: AnyGiven): Promise<readonly PreviewRow[]> {
  const { operation, patchBy, steps } = given.config;
  const all = (await ofFields?.(given))?.rows ?? [];
  const kept = all.filter(({ field }) => field === 'discriminator');
  if (operation !== 'patch' || patchBy === 'expression' || !Array.isArray(steps)) return kept;
  const rows: PreviewRow[] = [...kept];
  for (const [at, step] of steps.slice(0, MOST_STEPS).entries()) {
    const row: PreviewRow = { field: `steps[${at}]` };
    // Its value is shown in the body; only what is wrong with a step is said of it.
    const { problem } = step?.do === 'remove' ? row : await previewRow(given, row, step?.value, step?.kind);
    if (problem) rows.push({ ...row, problem });
  }
  return rows;
}

function requestRows(endpoint: string, { method, path, headers, body, removed, note }: Planned): readonly PreviewRow[] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    { field: 'request', value: [`${method} [${endpoint || 'server'}]${path}`, ...lines].join('\n') },
    { field: 'body', value: body, ...(note !== undefined && { label: note }) },
    ...(removed.length === 0 ? [] : [{ field: 'left-out', value: removed.join('\n') }]),
  ];
}

function followingRow({ definition, now }: AnyGiven, planned: Planned): PreviewRow {
  const origin = {
    key: KEY,
    definition: definition?.name ?? 'definition',
    definitionVersion: definition?.version ?? 'version',
    messageId: 'message',
  };
  return { field: 'provenance', label: 'POST Provenance', value: followingOf(planned, origin, now.getTime()) };
}
