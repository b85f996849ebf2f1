/** Orders to run a bundle in an environment. */
import { durationMs } from '../../engine/index.ts';
import { bundleErrors, readBundle, signStatement, verifyBundle, verifyOrder } from '../../governance/bundle/index.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { openKey } from '../signing.ts';
import { readSiteFile, writeSiteFile } from '../site-file.ts';
import { safe } from '../terminal.ts';
import { openTrust, type TrustOptions } from '../trust-folder.ts';
import { described, hashOf } from './bundle.ts';

export interface OrderCreateOptions extends TrustOptions {
  readonly as: string;
  readonly previous: string;
  readonly sequence: string;
  readonly expires: string;
  readonly out: string;
  readonly yes?: boolean;
}

/** Only for a bundle that may run. */
export async function createOrder(io: Io, file: string, options: OrderCreateOptions): Promise<void> {
  const trustStore = await openTrust(io, options);
  const { environment } = options;
  const now = io.now();
  const validMs = durationMs(options.expires);
  if (validMs === undefined || validMs === 0)
    throw cliErrors.create('option-invalid', { option: '--expires', takes: 'a duration such as PT24H' });
  const result = await verifyBundle(await readSiteFile(file), { trustStore, environment, now });
  if (!result.ok) throw result.reasons[0] ?? bundleErrors.create('approvals-missing', { missing: 'an approval' });
  const { bundle } = result;
  const previous = await hashOf('--previous', options.previous);
  const sequence = numberOf('--sequence', options.sequence, 1);
  io.out(`${described(bundle)}instead of  ${previous ?? 'nothing'}\n`);
  const key = await openKey(io, options.as, `Let ${environment} run this?`, options.yes);
  const envelope = await signStatement(
    {
      kind: 'order',
      format: 1,
      environment,
      bundle: bundle.hash,
      previous,
      sequence,
      at: new Date(now).toISOString(),
      expires: new Date(now + validMs).toISOString(),
      actor: key.person,
    },
    key,
  );
  const text = `${JSON.stringify(envelope, null, 2)}\n`;
  // An order that would be refused there is refused here.
  const state = { running: previous, lastSequence: sequence - 1 };
  await verifyOrder(text, { bundle: bundle.hash, environment, trustStore, state, now });
  await writeSiteFile(options.out, text);
  io.out(`${options.out} is ordered by ${key.person}.\n`);
}

export interface OrderVerifyOptions extends TrustOptions {
  readonly running: string;
  readonly last: string;
}

export async function verifyOrderFile(
  io: Io,
  file: string,
  bundle: string,
  options: OrderVerifyOptions,
): Promise<void> {
  const trustStore = await openTrust(io, options);
  const { environment } = options;
  const { order, person } = await verifyOrder(await readSiteFile(file), {
    bundle: (await readBundle(await readSiteFile(bundle))).hash,
    environment,
    trustStore,
    state: {
      running: await hashOf('--running', options.running),
      lastSequence: numberOf('--last', options.last, 0),
    },
    now: io.now(),
  });
  io.out(`Order ${order.sequence} by ${safe(person)} may be carried out in ${environment} until ${order.expires}.\n`);
}

function numberOf(option: string, text: string, least: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (number < least) throw cliErrors.create('option-invalid', { option, takes: `a whole number from ${least} on` });
  return number;
}
