/** From files to a definition: everything is checked, everything wrong is said. */
import { createHash } from 'node:crypto';
import { readAlertPolicy, type AlertPolicy } from '../alerts/alert-policy.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { WardflowError } from '../base/errors.ts';
import type { Converter } from '../events/to-fhir/converter.ts';
import type { CodeMap } from '../events/to-fhir/code-map.ts';
import type { Mapping } from '../events/to-fhir/mapping-file.ts';
import { RuleTable } from '../rules/rule-table.ts';
import { readIdentityFile, type IdentityRules } from '../identity/identity-file.ts';
import { readChecklist } from './checklist.ts';
import type { Checklist, Definition, FlowNode, Intent, Ladder } from './definition.ts';
import { checkReferences, readFlow } from './flow.ts';
import { checkRunbook, readIntent } from './intent.ts';
import { parseJsonFile } from './json-file.ts';
import { readLadder } from './ladder.ts';
import { compileParts, readMap, readMappingFile } from './mapping-parts.ts';
import type { Problems } from './problem.ts';
import type { Files } from './read-folder.ts';

export const SHARED = '_shared';

/** `undefined`: `problems` says why. `shared` is used by every other definition: its version goes into theirs. */
export function buildDefinition(
  name: string,
  files: Readonly<Files>,
  shared: Definition | undefined,
  problems: Problems,
): Definition | undefined {
  const before = problems.list.length;
  const hashes: Record<string, string> = {};
  const parsed = new Map<string, unknown>();
  for (const [path, text] of Object.entries(files)) {
    const json = path.endsWith('.json') ? parseJsonFile(text, problems.in(path)) : undefined;
    // JSON by its meaning, so that spaces and the order of keys are no new version; everything else by its text.
    const meaning = json === undefined ? text : canonical(json, problems.in(path));
    if (json !== undefined && meaning !== undefined) parsed.set(path, json);
    hashes[path] = sha256(meaning ?? text);
  }
  for (const path of ['flow.json', 'intent.json', 'README.md'])
    if (!(path in files))
      problems.in(path).say('is missing', 'Every definition has it; see docs/reference/formats.md.');

  const flow = parsed.has('flow.json')
    ? readFlow(parsed.get('flow.json'), name === SHARED, problems.in('flow.json'))
    : undefined;
  const intent = parsed.has('intent.json')
    ? readIntent(parsed.get('intent.json'), files['README.md'] ?? '', problems.in('intent.json'))
    : undefined;
  const rules = new Map(shared?.rules);
  const ladders = new Map(shared?.ladders);
  const alerts = new Map(shared?.alerts);
  const checklists = new Map(shared?.checklists);
  const maps = new Map(shared?.maps);
  const mappings = new Map(shared?.mappings);
  for (const [path, json] of parsed) {
    const [, kind, part = ''] = /^(rules|ladders|alerts|checklists|maps|mappings)\/(.+)\.json$/.exec(path) ?? [];
    const here = problems.in(path);
    if (kind === 'rules') addOnce(rules, part, readTable(json, part, here), here);
    if (kind === 'ladders') addOnce(ladders, part, readLadder(json, part, here), here);
    if (kind === 'checklists') addOnce(checklists, part, readChecklist(json, part, here), here);
    if (kind === 'maps') addOnce(maps, part, readMap(json, part, here), here);
    if (kind === 'mappings') addOnce(mappings, part, readMappingFile(json, part, here), here);
    if (kind === 'alerts') {
      const policy = readAlertPolicy(json, part, here);
      if (policy?.runbook) checkRunbook(policy.runbook, files['README.md'] ?? '', here);
      addOnce(alerts, part, policy, here);
    }
  }
  const identity = identityOf(name, parsed.get('identity.json'), shared, problems.in('identity.json'));
  if (flow && problems.list.length === before)
    checkReferences(flow, { rules, ladders, alerts, checklists }, problems.in('flow.json'));
  const converter = compileParts({ maps, mappings }, shared, problems);
  if (!flow || !intent || problems.list.length > before) return undefined;
  const parts = { flow, intent, rules, ladders, alerts, checklists, maps, mappings, converter, identity };
  return finished(name, files, hashes, shared, parts);
}

function finished(
  name: string,
  files: Readonly<Files>,
  hashes: Readonly<Record<string, string>>,
  shared: Definition | undefined,
  parts: {
    readonly flow: readonly FlowNode[];
    readonly intent: Intent;
    readonly rules: ReadonlyMap<string, RuleTable>;
    readonly ladders: ReadonlyMap<string, Ladder>;
    readonly alerts: ReadonlyMap<string, AlertPolicy>;
    readonly checklists: ReadonlyMap<string, Checklist>;
    readonly maps: ReadonlyMap<string, CodeMap>;
    readonly mappings: ReadonlyMap<string, Mapping>;
    readonly converter: Converter;
    readonly identity: IdentityRules | null;
  },
): Definition {
  const uses = shared ? { [SHARED]: shared.version } : {};
  const kept = { ...files };
  for (const [path, text] of Object.entries(shared?.files ?? {})) kept[`${SHARED}/${path}`] = text;
  return {
    name,
    version: sha256(canonicalJson({ format: 1, name, files: hashes, uses })),
    files: kept,
    ...parts,
  };
}

/** Who somebody is must not depend on which flow asks. */
function identityOf(
  name: string,
  json: unknown,
  shared: Definition | undefined,
  problems: Problems,
): IdentityRules | null {
  if (json === undefined) return shared?.identity ?? null;
  if (name === SHARED) return readIdentityFile(json, problems) ?? null;
  problems.say(`is for all definitions, and belongs into ${SHARED}`, `Move it to ${SHARED}/identity.json.`);
  return null;
}

/** A table of `_shared` with the same name would leave open which of the two decides. */
function addOnce<T>(map: Map<string, T>, name: string, part: T | undefined, problems: Problems): void {
  if (part === undefined) return;
  if (map.has(name)) problems.say(`has a name that ${SHARED} has, too`, 'Rename one of the two.');
  map.set(name, part);
}

function readTable(json: unknown, name: string, problems: Problems): RuleTable | undefined {
  try {
    const table = RuleTable.compile(json);
    if (table.name !== name) problems.say(`has the name "${table.name}"`, `Name it as its file: "${name}".`);
    return table;
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    problems.say(error.message.replace(/\.$/, ''), error.remedy);
    return undefined;
  }
}

function canonical(json: unknown, problems: Problems): string | undefined {
  try {
    return canonicalJson(json);
  } catch {
    problems.say('holds text that has no canonical form (a lone surrogate, or nesting too deep)', 'Correct it.');
    return undefined;
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
