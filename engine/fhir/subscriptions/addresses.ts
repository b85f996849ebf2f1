/** Where the notifications of each subscription come in: its listener, its path that nobody guesses, and its secret. */
import type { Clock } from '../../base/clock.ts';
import type { WardflowError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { readCredential } from '../../config/credential.ts';
import { httpErrors } from '../../http/errors.ts';
import { isSameListen, Places, type Listen } from '../../http/places.ts';
import { subscriptionErrors } from './errors.ts';
import { notificationAnswer, type Addressee } from './receiver.ts';
import { headerOf, pathOf, SHORTEST_SECRET } from './secret-path.ts';
import type { SubscriptionBinding } from './settings.ts';
import type { Address } from './subscription-resource.ts';
import type { SubscriptionPlace } from './subscription-service.ts';
import { told } from './trouble.ts';

export interface AddressesOptions {
  readonly environment: string;
  /** Of the environment: credentials lie below it. */
  readonly folder: string;
  readonly tlsFolder: string;
  readonly bindings: Readonly<Record<string, SubscriptionBinding>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Who takes what comes for the subscription. */
  readonly addressee: (name: string) => Omit<Addressee, 'secret'> | undefined;
  /** A listener was opened, or could not be. */
  readonly changed: () => void;
}

interface Bound {
  readonly binding: SubscriptionBinding;
  readonly path: string;
  readonly secret: string;
}

export class Addresses {
  readonly #options: AddressesOptions;
  readonly #places: Places;
  #bound = new Map<string, Bound>();
  #unusable = new Map<string, WardflowError>();

  constructor(options: AddressesOptions) {
    const { tlsFolder, clock, log, changed } = options;
    this.#options = options;
    this.#places = new Places({
      tlsFolder,
      clock,
      log,
      what: 'notifications',
      answer: notificationAnswer({ clock, addressee: (path, at) => this.#addresseeAt(path, at) }),
      changed,
    });
  }

  /** These are in force; listeners that nobody has any more close. */
  async use(names: readonly string[]): Promise<void> {
    const { bindings, environment, folder } = this.#options;
    const bound = new Map<string, Bound>();
    const unusable = new Map<string, WardflowError>();
    for (const name of names) {
      const binding = bindings[name];
      if (!binding) continue;
      const { credential } = binding;
      const secret = await readCredential(folder, credential);
      if (secret && secret.text.length >= SHORTEST_SECRET)
        bound.set(name, { binding, secret: secret.text, path: pathOf(secret.text, environment, name) });
      else unusable.set(name, subscriptionErrors.create('subscription-credential-missing', { name, credential }));
    }
    [this.#bound, this.#unusable] = [bound, unusable];
    await this.#places.use([...bound.values()].map(({ binding }) => binding));
  }

  has(name: string): boolean {
    return this.#bound.has(name);
  }

  of(name: string): Address | WardflowError {
    const one = this.#bound.get(name);
    if (!one) return this.#unusable.get(name) ?? subscriptionErrors.create('subscription-unbound', { name });
    if (this.#places.status(one.binding).state !== 'listening') {
      const { host, port } = one.binding.listen;
      return httpErrors.create('http-port-failed', { host, port, code: 'not listening' });
    }
    return { url: `${one.binding.publicBase}/${one.path}`, authorization: headerOf(one.secret) };
  }

  place(name: string): SubscriptionPlace {
    const one = this.#bound.get(name);
    if (one) return this.#places.status(one.binding);
    const error = this.#unusable.get(name);
    const listen = this.#options.bindings[name]?.listen;
    const state = error ? 'failed' : 'unbound';
    const { host = null, port = null } = listen ?? {};
    return { state, host, port, tls: null, error: error ? told(error) : null };
  }

  close(): Promise<void> {
    return this.#places.close();
  }

  #addresseeAt(path: string, at: Listen): Addressee | undefined {
    for (const [name, one] of this.#bound) {
      // Who may come, and whether with a certificate, its own listener knows.
      if (one.path !== path || !isSameListen(one.binding.listen, at)) continue;
      const addressee = this.#options.addressee(name);
      return addressee && { ...addressee, secret: one.secret };
    }
    return undefined;
  }
}
