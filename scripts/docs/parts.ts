/** The whole error catalogue: the engine's parts, and those of the parts above it, which the engine may not import. */
import { cliErrors } from '../../cli/errors.ts';
import { ENGINE_CATALOGUE, type CataloguePart } from '../../engine/catalogue.ts';
import { auditErrors } from '../../governance/audit/errors.ts';
import { bundleErrors } from '../../governance/bundle/errors.ts';
import { consoleErrors } from '../../governance/errors.ts';
import { checkErrors } from '../../governance/checks/errors.ts';
import { proposalErrors } from '../../governance/server/proposals/errors.ts';
import { releaseErrors } from '../../governance/release/errors.ts';
import { scenarioErrors } from '../../governance/scenarios/errors.ts';
import { nodeErrors } from '../../nodes/kit/errors.ts';
import { apiErrors } from '../../runtime/api/problems.ts';
import { previewErrors } from '../../runtime/editor-api/errors.ts';
import { gateErrors } from '../../runtime/gate/errors.ts';
import { runtimeErrors } from '../../runtime/errors.ts';
import { sampleErrors } from '../../runtime/samples/errors.ts';
import { supervisorErrors } from '../../supervisor/errors.ts';

export const CATALOGUE: readonly CataloguePart[] = [
  ...ENGINE_CATALOGUE,
  { title: 'Nodes', file: 'nodes/kit/errors.ts', entries: nodeErrors.entries },
  { title: 'Runtime', file: 'runtime/errors.ts', entries: runtimeErrors.entries },
  { title: 'Gate', file: 'runtime/gate/errors.ts', entries: gateErrors.entries },
  { title: 'Runtime API', file: 'runtime/api/problems.ts', entries: apiErrors.entries },
  { title: 'Pinned samples', file: 'runtime/samples/errors.ts', entries: sampleErrors.entries },
  { title: 'Preview in the editor', file: 'runtime/editor-api/errors.ts', entries: previewErrors.entries },
  { title: 'Console', file: 'governance/errors.ts', entries: consoleErrors.entries },
  { title: 'Checks of definitions', file: 'governance/checks/errors.ts', entries: checkErrors.entries },
  {
    title: 'Proposals and keys at the console',
    file: 'governance/server/proposals/errors.ts',
    entries: proposalErrors.entries,
  },
  { title: 'Releases', file: 'governance/release/errors.ts', entries: releaseErrors.entries },
  { title: 'Bundles, keys and approvals', file: 'governance/bundle/errors.ts', entries: bundleErrors.entries },
  { title: 'Audit trails', file: 'governance/audit/errors.ts', entries: auditErrors.entries },
  { title: 'Scenarios', file: 'governance/scenarios/errors.ts', entries: scenarioErrors.entries },
  { title: 'Start and stop', file: 'supervisor/errors.ts', entries: supervisorErrors.entries },
  { title: 'Command line', file: 'cli/errors.ts', entries: cliErrors.entries },
];
