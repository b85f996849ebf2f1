/** `Firefox on Linux`, from what a browser says that it is: enough to know one's own again. Pure. */
export function browserName(agent: string): string {
  const first = (known: readonly (readonly [RegExp, string])[]): string | undefined =>
    known.find(([sign]) => sign.test(agent))?.[1];
  const browser = first([
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = first([
    [/Windows/, 'Windows'],
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ]);
  if (browser === undefined) return 'A program';
  return system === undefined ? browser : `${browser} on ${system}`;
}
