import { sendsTo } from '../../engine/index.ts';
import type { Definition, EhrCopyPlan, EhrReference } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { eventId } from './discriminator.ts';
import { expression } from './expression.ts';
import { endpointName } from './fhir.ts';
import type { NewTaskProperties } from './new-task.ts';
import type { NodeHandle } from './register.ts';
import { sayUnbound } from './say-unbound.ts';

export interface TaskCopy {
  readonly endpoint: string | null;
  readonly copy?: EhrCopyPlan;
}

/** FHIR R4 2.3.0: a relative or absolute reference, possibly of a version. */
const REFERENCE =
  /^(?:https?:\/\/[^\s?#]{1,400}\/)?[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/;
const LONGEST = 500;
/** Of a table that collects. */
const MOST_ROWS = 20;

/** What the settings of the copy make of a message. Nobody goes without the task because its copy cannot name the patient. */
export function taskCopy(
  handle: NodeHandle<NewTaskProperties>,
): (msg: WardflowMessage, definition: Definition) => Promise<TaskCopy> {
  const { RED, node, config, services } = handle;
  if (config.endpoint.trim() === '') return () => Promise.resolve({ endpoint: null });
  const endpoint = endpointName(handle, config.endpoint);
  sayUnbound(handle, () => services.engine.endpoints.get(endpoint));
  const written = (field: 'patient' | 'focus' | 'encounter') => {
    if (config[field].trim() === '') return () => Promise.resolve(null);
    const { evaluate } = expression(RED, node, field, config[field], config[`${field}Kind`]);
    return async (msg: WardflowMessage) => referenceIn(await evaluate(msg).catch(() => null));
  };
  const says = wordsOf(handle);
  const [patient, focus, encounter] = [written('patient'), written('focus'), written('encounter')];
  return async (msg, { intent }) => ({
    endpoint,
    copy: {
      ...(await says(msg)),
      elements: sendsTo(intent, endpoint)?.['Task'] ?? [],
      for: await patient(msg),
      focus: await focus(msg),
      encounter: await encounter(msg),
      rules: rulesIn(msg['decision']),
      event: eventId(msg) ?? null,
    },
  });
}

/** What is empty, or cannot be said of this message, is left out: the task has its title. */
function wordsOf({
  RED,
  node,
  config,
}: NodeHandle<NewTaskProperties>): (msg: WardflowMessage) => Promise<Pick<EhrCopyPlan, 'says'>> {
  if (config.says.trim() === '') return () => Promise.resolve({});
  const { evaluate } = expression(RED, node, 'says', config.says, config.saysKind);
  return async (msg) => {
    const value = await evaluate(msg).catch(() => null);
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    const says = text.toWellFormed().replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST);
    return says === '' ? {} : { says };
  };
}

/** Only what identifies: a display may be the patient's name. */
function referenceIn(value: unknown): EhrReference | null {
  if (typeof value === 'string') return REFERENCE.test(value.trim()) ? { reference: value.trim() } : null;
  if (typeof value !== 'object' || value === null) return null;
  const { reference, identifier, system, value: own } = value as Readonly<Record<string, unknown>>;
  const named = typeof reference === 'string' && REFERENCE.test(reference) ? { reference } : {};
  const by = identifierIn(identifier) ?? identifierIn({ system, value: own });
  const found = { ...named, ...(by && { identifier: by }) };
  return Object.keys(found).length > 0 ? found : null;
}

function identifierIn(value: unknown): { readonly system: string; readonly value: string } | null {
  if (typeof value !== 'object' || value === null) return null;
  const { system, value: own } = value as Readonly<Record<string, unknown>>;
  const right = (one: unknown): one is string => typeof one === 'string' && one !== '' && one.length <= LONGEST;
  return right(system) && right(own) ? { system, value: own } : null;
}

function rulesIn(decision: unknown): EhrCopyPlan['rules'] {
  const { table, version, matched } = (decision ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof table !== 'string' || typeof version !== 'string') return [];
  const rows = (Array.isArray(matched) ? (matched as unknown[]) : []).filter((row) => typeof row === 'string');
  return [{ table, version, rows: rows.length === 0 ? ['otherwise'] : rows.slice(0, MOST_ROWS) }];
}
