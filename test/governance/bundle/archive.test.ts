import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { zipSync } from 'fflate';
import { describe, it } from 'mocha';
import { readArchive, utf8, writeArchive, type Bytes } from '../../../governance/bundle/index.ts';

const text = (content: string): Bytes => utf8(content.repeat(50));
const SOUND = new Map([
  ['manifest.json', text('{"a":1}')],
  ['files/alpha/flow.json', text('[1,2,3]')],
]);
const refusedAs = (bytes: Uint8Array): string => {
  try {
    readArchive(new Uint8Array(bytes));
    return 'read';
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
};
/** Writes a number over the bytes of an archive; of all places where `find` stands, or of the end record. */
function patched(bytes: Bytes, signature: number, offset: number, value: number, size: 2 | 4, nth = 0): Bytes {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const places = Array.from({ length: copy.length - 3 }, (_, i) => i).filter(
    (i) => view.getUint32(i, true) === signature,
  );
  const place = (places[nth] ?? assert.fail('no such record')) + offset;
  if (size === 2) view.setUint16(place, value, true);
  else view.setUint32(place, value, true);
  return copy;
}
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

describe('the archive around a bundle', () => {
  it('gives back what was put in, whatever the order', () => {
    const bytes = writeArchive(SOUND);
    assert.deepEqual(new Map(readArchive(bytes)), new Map([...SOUND].toReversed()));
    assert.deepEqual(writeArchive(new Map([...SOUND].toReversed())), bytes);
  });

  it('has the same bytes in another time zone', () => {
    const script = `
      import { writeArchive, utf8 } from ${JSON.stringify(new URL('../../../governance/bundle/index.ts', import.meta.url).href)};
      process.stdout.write(Buffer.from(writeArchive(new Map([['manifest.json', utf8('{"a":1}'.repeat(50))]]))).toString('hex'));`;
    const inZone = (TZ: string): string =>
      spawnSync(process.execPath, ['--input-type=module', '-e', script], { env: { TZ }, encoding: 'utf8' }).stdout;
    const here = Buffer.from(writeArchive(new Map([['manifest.json', text('{"a":1}')]]))).toString('hex');
    assert.equal(inZone('Pacific/Kiritimati'), here);
  }).timeout(20_000);

  it('refuses names that could leave the folder or deceive', () => {
    const names = [
      '../evil',
      '/etc/passwd',
      'a/../../b',
      'C:\\x',
      'a\\b',
      'files//x',
      'a/./b',
      '.hidden',
      'a/',
      'ä',
      '',
      'con\u0000',
    ];
    for (const name of names)
      assert.match(
        refusedAs(zipSync({ [name]: text('x') }, { os: 0 })),
        /^bundle-(?:path-unsafe|zip-malformed)$/,
        JSON.stringify(name),
      );
    assert.equal(refusedAs(zipSync({ '../evil': text('x') }, { os: 0 })), 'bundle-path-unsafe');
    assert.equal(refusedAs(zipSync({ 'a/b..c/evil': text('x') }, { os: 0 })), 'read');
  });

  it('refuses two entries of one name, also where only the case differs', () => {
    const twice = zipSync({ 'files/a': text('1'), 'files/b': text('2') }, { os: 0 });
    assert.equal(refusedAs(twice), 'read');
    const renamed = Buffer.from(Buffer.from(twice).toString('latin1').replaceAll('files/b', 'files/a'), 'latin1');
    assert.equal(refusedAs(renamed), 'bundle-entry-twice');
    assert.equal(refusedAs(zipSync({ 'files/a': text('1'), 'files/A': text('2') }, { os: 0 })), 'bundle-entry-twice');
  });

  it('refuses what declares too much, before unpacking it', () => {
    const bomb = { level: 9, os: 0 } as const;
    const large = new Uint8Array(33 * 1024 * 1024);
    const packed = zipSync({ a: large, b: large }, bomb);
    assert.ok(packed.length < 200_000);
    assert.equal(refusedAs(packed), 'bundle-size-declared');
    assert.equal(refusedAs(zipSync({ a: large }, bomb)), 'read');
  }).timeout(20_000);

  it('stops unpacking when there is more than declared, and refuses less', () => {
    const bytes = new Uint8Array(zipSync({ a: new Uint8Array(30 * 1024 * 1024) }, { level: 9, os: 0 }));
    for (const declared of [10, 29 * 1024 * 1024, 31 * 1024 * 1024]) {
      const lying = patched(patched(bytes, LOCAL, 22, declared, 4), CENTRAL, 24, declared, 4);
      assert.equal(refusedAs(lying), 'bundle-size-real', String(declared));
    }
    const stored = new Uint8Array(zipSync({ a: text('x') }, { level: 0, os: 0 }));
    assert.equal(refusedAs(stored), 'read');
    assert.equal(refusedAs(patched(patched(stored, LOCAL, 22, 9, 4), CENTRAL, 24, 9, 4)), 'bundle-size-real');
  }).timeout(20_000);

  it('refuses what hides between, before or behind the entries', () => {
    const bytes = writeArchive(SOUND);
    assert.equal(refusedAs(bytes), 'read');
    const end = bytes.length - 22;
    const directory = new DataView(bytes.buffer).getUint32(end + 16, true);
    const second = Buffer.from(bytes).indexOf(Buffer.from('PK\u0003\u0004'), 4);
    const apart = new Uint8Array(Buffer.concat([bytes.subarray(0, second), Buffer.from('x'), bytes.subarray(second)]));
    const gap = patched(patched(apart, CENTRAL, 42, second + 1, 4, 1), END, 16, directory + 1, 4);
    const tricks: readonly (readonly [string, Uint8Array])[] = [
      ['bytes before', Buffer.concat([Buffer.from('x'), bytes])],
      ['bytes behind', Buffer.concat([bytes, Buffer.from('x')])],
      ['a comment', patched(new Uint8Array(Buffer.concat([bytes, Buffer.from('xx')])), END, 20, 2, 2)],
      [
        'bytes before the directory',
        patched(
          new Uint8Array(Buffer.concat([bytes.subarray(0, directory), Buffer.from('x'), bytes.subarray(directory)])),
          END,
          16,
          directory + 1,
          4,
        ),
      ],
      ['fewer entries listed', patched(patched(bytes, END, 10, 1, 2), END, 8, 1, 2)],
      ['an entry twice at one place', patched(bytes, CENTRAL, 42, 0, 4, 1)],
      [
        'another name in the header',
        Buffer.from(Buffer.from(bytes).toString('latin1').replace('manifest.json', 'manifest.jso_'), 'latin1'),
      ],
      ['bytes between entries', gap],
      ['another size in the header', patched(bytes, LOCAL, 22, 5, 4)],
      ['another check sum in the header', patched(bytes, LOCAL, 14, 5, 4)],
      ['an encrypted entry', patched(patched(bytes, LOCAL, 6, 1, 2), CENTRAL, 8, 1, 2)],
      ['another method', patched(patched(bytes, LOCAL, 8, 12, 2), CENTRAL, 10, 12, 2)],
      ['a symbolic link', patched(bytes, CENTRAL, 38, 0xa1ff0000, 4)],
      ['a broken stream', patched(bytes, LOCAL, 45, 0xffffffff, 4)],
      ['cut short', bytes.subarray(0, bytes.length - 5)],
      ['nothing', new Uint8Array()],
    ];
    for (const [trick, made] of tricks) assert.equal(refusedAs(made), 'bundle-zip-malformed', trick);
  });

  it('refuses more than the file or the number of entries may be', () => {
    const many = Object.fromEntries(Array.from({ length: 5_001 }, (_, i) => [`f${i}`, new Uint8Array()]));
    assert.equal(refusedAs(zipSync(many, { level: 0, os: 0 })), 'bundle-entries-too-many');
    assert.equal(refusedAs(new Uint8Array(64 * 1024 * 1024 + 1)), 'bundle-too-large');
  }).timeout(20_000);
});
