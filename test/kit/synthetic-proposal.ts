/** A proposal as the console would tell it, of two versions of a definition's files. */
import { createHash } from 'node:crypto';
import type { ProposalFiles, ProposalView, Seat } from '../../governance/api/proposal-contract.ts';
import { describeChange, diffDefinitions, readContent, type DefinitionFiles } from '../../governance/diff/index.ts';

export interface SyntheticProposal extends Partial<Omit<ProposalView, 'seats'>> {
  readonly number: number;
  readonly definition: string;
  readonly before: DefinitionFiles | null;
  readonly after: DefinitionFiles | null;
  /** Roles that have to approve. */
  readonly seats?: readonly string[];
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const HOUR = 3_600_000;

export function syntheticProposal(given: SyntheticProposal): {
  readonly view: ProposalView;
  readonly files: ProposalFiles;
} {
  const { number, definition, before, after, seats = ['clinical-governance', 'engineer'], ...more } = given;
  const versions = { before: readContent(before ?? {}), after: readContent(after ?? {}) };
  const lines = describeChange(diffDefinitions(versions.before, versions.after), versions);
  const at = Date.now() - HOUR;
  const title = definition === 'critical-lab-result' ? 'Critical lab result follow-up' : definition;
  const state = more.state ?? 'open';
  const taken: readonly Seat[] = seats.map((role) => ({ role, person: null, at: null }));
  const view: ProposalView = {
    number,
    title: 'Lower the limit',
    state,
    outdated: null,
    environment: 'production',
    author: 'ana',
    risk: 'high',
    definitions: [definition],
    headline: lines[0]?.text ?? '',
    createdAt: at,
    updatedAt: at,
    checks: { state: 'passed', failed: 0, total: 0 },
    scenarios: { state: 'passed', failed: 0, total: 0 },
    approvals: { given: 0, needed: seats.length },
    waitsFor: state === 'open' ? `an approval as ${seats.join(' and as ')}` : '',
    asksYou: null,
    followsBreakGlass: false,
    summary: 'The laboratory asked for the limit of its new analyser.',
    revision: 1,
    bundle: hashOf(`bundle ${number}`),
    base: hashOf('base'),
    editors: [],
    authorStatement: state === 'draft' ? null : hashOf(`author ${number}`),
    policy: hashOf('policy'),
    words: [{ definition, title, lines }],
    affected: [],
    seats: taken,
    notCounted: [],
    findings: [],
    findingsBefore: [],
    scenarioResults: [],
    scenariosHash: null,
    discussion: [],
    history: [{ at, actor: 'ana', kind: 'created', text: 'ana proposed it' }],
    may: {
      sign: { yes: false, because: '' },
      approve: { yes: false, because: '' },
      reject: { yes: false, because: '' },
      withdraw: { yes: false, because: '' },
      comment: { yes: true },
      revise: { yes: false, because: '' },
      rerun: { yes: false, because: '' },
      order: { yes: false, because: '' },
    },
    ...more,
  };
  return { view, files: { definitions: [{ name: definition, title, before, after }] } };
}
