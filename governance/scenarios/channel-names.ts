import { isRecord } from '../checks/subject.ts';

/** Alert channels that policies among the files name, without the console, which is always there. */
export function channelNames(files: Readonly<Record<string, string>>): readonly string[] {
  const names = Object.entries(files).flatMap(([path, text]) =>
    /^alerts\/[^/]+\.json$/.test(path) ? named(text) : [],
  );
  return [...new Set(names)].filter((name) => name !== 'console').toSorted();
}

function named(text: string): readonly string[] {
  const tiers: unknown = (JSON.parse(text) as { readonly tiers?: unknown }).tiers;
  return (Array.isArray(tiers) ? tiers : []).flatMap((tier: unknown) => {
    const channels: unknown = isRecord(tier) ? tier['channels'] : null;
    return (Array.isArray(channels) ? channels : []).filter((one): one is string => typeof one === 'string');
  });
}
