import { BlockList, isIP } from 'node:net';

/** Whether an address is one of `entries`: addresses, and networks as `10.1.0.0/16`; no entries: every address is. */
export function allowList(entries: readonly string[]): (address: string) => boolean {
  if (entries.length === 0) return () => true;
  const list = new BlockList();
  for (const entry of entries) {
    if (!isAllowEntry(entry)) throw new TypeError(`"${entry}" is no address or network`);
    const [network = '', prefix] = entry.split('/');
    if (prefix === undefined) list.addAddress(network, familyOf(network));
    else list.addSubnet(network, Number(prefix), familyOf(network));
  }
  return (address) => {
    // What an IPv4 address looks like to a listener on `::`.
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
    return isIP(plain) > 0 && list.check(plain, familyOf(plain));
  };
}

/** An address, or a network in CIDR notation. Not a name: names are looked up when somebody connects, or not at all. */
export function isAllowEntry(entry: string): boolean {
  const [network = '', prefix, ...rest] = entry.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(network)] ?? -1;
  if (longest < 0 || network.includes('%') || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest);
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
