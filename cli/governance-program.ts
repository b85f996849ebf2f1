/** The commands about keys, trust, bundles and orders: all of them work without a network. */
import type { Command } from 'commander';
import type { BundleApproveOptions, BundleCreateOptions, BundleSignOptions } from './commands/bundle.ts';
import type { KeyCreateOptions } from './commands/key.ts';
import type { OrderCreateOptions, OrderVerifyOptions } from './commands/order.ts';
import type * as Release from './commands/release.ts';
import type * as Trust from './commands/trust.ts';
import type { Io } from './io.ts';
import type { TrustOptions } from './trust-folder.ts';

export function addGovernance(wardflow: Command, io: Io, ended: (code: number) => void): void {
  addKey(wardflow, io);
  addTrust(wardflow, io);
  addBundle(wardflow, io, ended);
  addOrder(wardflow, io);
  addReleases(wardflow, io);
}

function addKey(wardflow: Command, io: Io): void {
  const key = wardflow.command('key').description('signing keys');
  key
    .command('create')
    .description('make a key; its passphrase is asked on the terminal')
    .argument('<person>', 'account name of its holder')
    .option('--out <file>', 'where to write it (default: <person>.key.json)')
    .action(async (person: string, options: KeyCreateOptions) =>
      (await import('./commands/key.ts')).createKeyFile(io, person, options),
    );
}

function addTrust(wardflow: Command, io: Io): void {
  const trust = wardflow.command('trust').description('whose keys count in an environment, and under which policy');
  const commands = (): Promise<typeof Trust> => import('./commands/trust.ts');
  signing(ofEnvironment(trust, 'init', 'make the first trust store, by a ceremony'))
    .requiredOption(
      '--key <file=roles>',
      'a key and its roles, such as ana.public.json=engineer; once for each',
      list,
      [],
    )
    .option('--policy <file>', 'the policy (default: the one in WARDFLOW_FLOWS)')
    .action(async (options: Trust.TrustInitOptions) => (await commands()).initTrust(io, options));
  pinned(ofEnvironment(trust, 'show', 'the keys, their people and roles'))
    .option('--json', 'for programs')
    .action(async (options: TrustOptions) => (await commands()).showTrust(io, options));
  signing(pinned(ofEnvironment(trust, 'propose', 'propose keys to add or to revoke, or another policy')))
    .option('--add <file=roles>', 'a key and its roles; once for each', list, [])
    .option('--revoke <key>', 'the first digits of a key; once for each', list, [])
    .option('--policy <file>', 'the whole new policy')
    .requiredOption('--reason <text>', 'why; kept in the trust store')
    .requiredOption('--out <file>', 'where to write it')
    .action(async (options: Trust.ProposeOptions) => (await commands()).proposeTrustChange(io, options));
  signing(pinned(ofEnvironment(trust, 'sign', 'approve a proposed change')))
    .argument('<file>', 'what "trust propose" wrote')
    .action(async (file: string, options: TrustOptions & { as: string }) =>
      (await commands()).signTrustChange(io, file, options),
    );
  ofEnvironment(trust, 'adopt', 'take over the trust store of the host where releases are ordered')
    .argument('<file>', 'its trust-store.json')
    .requiredOption('--pin <hash>', 'hash that it began with, as you wrote it down')
    .action(async (file: string, options: TrustOptions & { pin: string }) =>
      (await commands()).adoptTrustStore(io, file, options),
    );
  ofEnvironment(trust, 'install', 'put a change that is approved in force')
    .argument('<file>', 'what "trust propose" wrote')
    .action(async (file: string, options: TrustOptions) => (await commands()).installTrustChange(io, file, options));
}

function addBundle(wardflow: Command, io: Io, ended: (code: number) => void): void {
  const bundle = wardflow.command('bundle').description('definitions in one file, signed and approved');
  bundle
    .command('create')
    .description('put definitions into a bundle, with all that they use')
    .argument('[definitions...]', 'names of definitions (default: all)')
    .requiredOption('--base <bundle>', 'the bundle that it changes: its file or hash, or none')
    .option('--folder <folder>', 'folder of definitions (default: WARDFLOW_FLOWS)')
    .option('--name <name>', 'name of the bundle (default: that of the definition, or all)')
    .option('-o, --out <path>', 'file ending in .wfb, or folder (default: here)')
    .option('--force', 'replace the file')
    .action(async (names: string[], options: BundleCreateOptions) =>
      (await import('./commands/bundle.ts')).createBundleFile(io, names, options),
    );
  signing(bundle.command('sign').description('sign a bundle as its author; approvals in it fall'))
    .argument('<bundle>', '.wfb file')
    .requiredOption('--summary <text>', 'what it changes and why, for those who approve')
    .action(async (file: string, options: BundleSignOptions) =>
      (await import('./commands/bundle.ts')).signBundle(io, file, options),
    );
  signing(pinned(ofEnvironment(bundle, 'approve', 'approve a bundle for an environment')))
    .argument('<bundle>', '.wfb file')
    .requiredOption('--role <role>', 'the role in which you approve')
    .action(async (file: string, options: BundleApproveOptions) =>
      (await import('./commands/bundle.ts')).approveBundle(io, file, options),
    );
  pinned(ofEnvironment(bundle, 'verify', 'say whether a bundle may run in an environment'))
    .argument('<bundle>', '.wfb file')
    .option('--json', 'for programs')
    .action(async (file: string, options: TrustOptions) =>
      ended(await (await import('./commands/bundle-report.ts')).verifyBundleFile(io, file, options)),
    );
  bundle
    .command('inspect')
    .description('show what a bundle holds and what its signatures claim')
    .argument('<bundle>', '.wfb file')
    .option('--json', 'for programs')
    .action(async (file: string, options: { json?: boolean }) =>
      (await import('./commands/bundle-report.ts')).inspectBundle(io, file, options),
    );
  bundle
    .command('diff')
    .description('show what changes from one bundle to another')
    .argument('<before>', '.wfb file')
    .argument('<after>', '.wfb file')
    .option('--json', 'for programs')
    .action(async (before: string, after: string, options: { json?: boolean }) =>
      ended(await (await import('./commands/bundle-diff.ts')).diffBundles(io, before, after, options)),
    );
}

function addOrder(wardflow: Command, io: Io): void {
  const order = wardflow.command('order').description('signed orders to run a bundle');
  signing(pinned(ofEnvironment(order, 'create', 'order an environment to run a bundle')))
    .argument('<bundle>', '.wfb file that may run there')
    .requiredOption('--previous <bundle>', 'the bundle that runs there now: its file or hash, or none')
    .requiredOption('--sequence <number>', 'larger than that of the last order carried out there')
    .option('--expires <duration>', 'how long it is valid', 'PT24H')
    .requiredOption('--out <file>', 'where to write it')
    .action(async (file: string, options: OrderCreateOptions) =>
      (await import('./commands/order.ts')).createOrder(io, file, options),
    );
  pinned(ofEnvironment(order, 'verify', 'say whether an order may be carried out'))
    .argument('<order>', 'what "order create" wrote')
    .argument('<bundle>', '.wfb file')
    .requiredOption('--running <bundle>', 'the bundle that runs there now: its file or hash, or none')
    .requiredOption('--last <number>', 'number of the last order carried out there, or 0')
    .action(async (file: string, bundle: string, options: OrderVerifyOptions) =>
      (await import('./commands/order.ts')).verifyOrderFile(io, file, bundle, options),
    );
}

function addReleases(wardflow: Command, io: Io): void {
  const commands = (): Promise<typeof Release> => import('./commands/release.ts');
  const carriedOut = (command: Command): Command =>
    signing(pinned(command)).option('--drain', 'first finish what is in work, at most 60 s');
  carriedOut(atSite(wardflow, 'promote', 'have an environment run an approved bundle'))
    .argument('<bundle>', '.wfb file, or the number of a proposal')
    .action(async (what: string, options: Release.ReleaseOptions) => (await commands()).promote(io, what, options));
  carriedOut(atSite(wardflow, 'rollback', 'have an environment go back to what it ran before'))
    .option('--to <bundle>', 'the first digits of a bundle that ran there (default: the one before)')
    .requiredOption('--reason <text>', 'why; kept in the audit trail')
    .action(async (options: Release.ReleaseOptions & { to?: string; reason: string }) =>
      (await commands()).rollback(io, options),
    );
  carriedOut(atSite(wardflow, 'break-glass', 'have an environment run a bundle that nobody approved, for a time'))
    .argument('<bundle>', '.wfb file signed by its author, or the number of a proposal')
    .requiredOption('--reason <text>', 'why it cannot wait; signed, and kept')
    .requiredOption('--for <duration>', 'when it goes back by itself, such as PT2H')
    .action(async (what: string, options: Release.ReleaseOptions & { reason: string; for: string }) =>
      (await commands()).breakGlass(io, what, options),
    );
  const releases = wardflow.command('releases').description('what environments were ordered to run');
  pinned(atSite(releases, 'list', 'the newest first, verified'))
    .option('--json', 'for programs')
    .action(async (options: TrustOptions) => (await import('./commands/releases.ts')).listReleases(io, options));
}

/** In the data folder of this machine, where the log and the trust store belong together. */
function atSite(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--environment <name>', 'which environment', 'production');
}

function ofEnvironment(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--environment <name>', 'whose trust store', 'production')
    .option('--trust <folder>', 'where its trust store is (default: in WARDFLOW_DATA)');
}

const pinned = (command: Command): Command =>
  command.option('--pin <hash>', 'hash that the trust store began with, as you wrote it down');

const signing = (command: Command): Command =>
  command
    .requiredOption('--as <key file>', 'who signs; the passphrase is asked on the terminal')
    .option('--yes', 'do not ask whether that is what is to be signed');

const list = (one: string, all: readonly string[]): readonly string[] => [...all, one];
