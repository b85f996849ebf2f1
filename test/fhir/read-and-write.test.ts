/** What is read and written back through the client is what stood there: a server that keeps texts, and a look at each token of them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { FhirResource } from '../../engine/index.ts';
import { startLocalHttpServer, type LocalHttpServer } from '../kit/local-http-server.ts';
import { counts, requireShared } from '../kit/requires.ts';
import { endpointTo, type EndpointUnderTest } from './kit.ts';

/** What clients lose: the rest of decimals, extensions of primitives, what they do not know, orders, large numbers. */
const HARD = `{
  "resourceType": "Observation", "id": "hard", "meta": { "versionId": "7", "profile": ["https://example.org/p"] },
  "text": { "status": "generated", "div": "<div xmlns=\\"http://www.w3.org/1999/xhtml\\">&#233; \\u00e9 é \\u2028</div>" },
  "contained": [ { "resourceType": "Patient", "id": "p", "_birthDate": { "extension": [ { "url": "https://example.org/x", "valueDecimal": 0.10 } ] } } ],
  "extension": [ { "url": "https://example.org/unknown", "extension": [ { "url": "b", "valueString": "2" }, { "url": "a", "valueString": "1" } ] } ],
  "modifierExtension": [ { "url": "https://example.org/m", "valueBoolean": false } ],
  "status": "final", "_status": { "id": "s", "extension": [ { "url": "https://example.org/why", "valueCode": "x" } ] },
  "code": { "coding": [ { "code": "b" }, { "code": "a" }, { "code": "b" } ] },
  "subject": { "reference": "#p" }, "valueQuantity": { "value": 5.10, "unit": "mmol/L" },
  "referenceRange": [ { "low": { "value": 1.0 }, "high": { "value": 1e-7 } }, { "low": { "value": 12345678901234567890.1230 } }, { "low": { "value": -0.00 } } ],
  "component": [ { "code": { "text": "" }, "valueSampledData": { "origin": { "value": 0.000 }, "period": 1.50E+3, "dimensions": 1, "data": "1 2" } } ],
  "_effectiveDateTime": { "extension": [ { "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown" } ] },
  "note": [ { "text": "one" }, { "text": "two", "_time": null } ], "performer": [ null, { "display": "x" } ]
}`;
const MARK = ['"language"', ':', '"de"'];

describe('resources that are read and written back', () => {
  /** Type/id -> text and version. */
  const kept = new Map<string, { text: string; version: number }>();
  let server: LocalHttpServer;
  let ehr: EndpointUnderTest;
  before(async () => {
    server = await startLocalHttpServer(({ method, url, headers, body }, response) => {
      const place = url.replace('/fhir/', '');
      const one = kept.get(place);
      const answer = (status: number, text: string, version: number): void =>
        void response.writeHead(status, { 'content-type': 'application/fhir+json', etag: `W/"${version}"` }).end(text);
      if (!one) return answer(404, '{"resourceType":"OperationOutcome","issue":[]}', 0);
      if (method === 'PUT') {
        if (headers['if-match'] !== `W/"${one.version}"`) return answer(412, '{}', one.version);
        kept.set(place, { text: body, version: one.version + 1 });
      }
      const now = kept.get(place) ?? one;
      return answer(200, now.text, now.version);
    });
    ehr = endpointTo(`${server.origin}/fhir`);
  });
  after(async () => {
    await ehr.close();
    await server.close();
  });

  /** Reads it, changes one element, takes that back, and gives what stands on the server then. */
  async function thereAndBack(text: string): Promise<void> {
    const { resourceType: type, id, language } = JSON.parse(text) as Readonly<Record<string, string>>;
    const place = `${type}/${id}`;
    assert.equal(language, undefined);
    kept.set(place, { text, version: 1 });
    const before = tokensOf(text);
    const put = await ehr.ehr.update(type ?? '', id ?? '', (current) => ({ ...current, language: 'de' }));
    assert.ok(put.ok, place);
    assert.deepEqual(tokensOf(kept.get(place)?.text ?? ''), [...before.slice(0, -1), ',', ...MARK, '}'], place);
    const back = await ehr.ehr.update(type ?? '', id ?? '', withoutLanguage);
    assert.ok(back.ok, place);
    assert.deepEqual(tokensOf(kept.get(place)?.text ?? ''), before, place);
    assert.equal(kept.get(place)?.version, 3);
    kept.delete(place);
  }

  it('are as they were, token by token, also those that clients spoil', () => thereAndBack(HARD));

  it('are judged by a look that sees what is lost', () => {
    assert.notDeepEqual(tokensOf('{"a": 5.10}'), tokensOf('{"a": 5.1}'));
    assert.notDeepEqual(tokensOf('[1, 2]'), tokensOf('[2, 1]'));
    assert.deepEqual(tokensOf('{"a" : "\\u00e9"}'), tokensOf('{"a":"é"}'));
  });

  it('are as they were, of the Synthea sample', async function () {
    this.timeout(300_000);
    const folder = requireShared(this, 'data/synthea');
    const texts = readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => resourcesIn(readFileSync(join(folder, file), 'utf8')));
    assert.ok(texts.length > 1_000);
    const every = counts(25, 1);
    let looked = 0;
    for (const [n, text] of texts.entries()) {
      if (n % every !== 0) continue;
      await thereAndBack(text);
      looked++;
    }
    process.stdout.write(`      ${looked} of ${texts.length} resources there and back, none altered\n`);
    assert.ok(looked >= Math.floor(texts.length / every));
  });
});

const withoutLanguage = (resource: FhirResource): FhirResource => {
  const rest: Record<string, unknown> & { resourceType: string } = { ...resource };
  delete rest['language'];
  return rest;
};

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}[\],:]|true|false|null/g;

/** JSON without its white space; texts are compared by what they say, numbers by how they are written. */
function tokensOf(text: string): readonly string[] {
  return (text.match(TOKEN) ?? []).map((token) => (token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token));
}

/** Texts of the resources in a Bundle, cut out by their place, so that no parser has touched their numbers. */
function resourcesIn(bundle: string): readonly string[] {
  const { entry } = JSON.parse(bundle) as {
    readonly entry: readonly { readonly resource: { readonly id?: string } }[];
  };
  const tokens = [...bundle.matchAll(TOKEN)];
  const found: string[] = [];
  let depth = 0;
  let from: number | null = null;
  for (const [n, { 0: token, index }] of tokens.entries()) {
    if (token === '{' || token === '[') depth++;
    // Bundle { entry [ entry { resource {
    if (token === '{' && depth === 4 && tokens[n - 2]?.[0] === '"resource"') from = index;
    if (token === '}' && depth === 4 && from !== null) {
      found.push(bundle.slice(from, index + 1));
      from = null;
    }
    if (token === '}' || token === ']') depth--;
  }
  assert.equal(found.length, entry.length);
  return found.filter((_, n) => entry[n]?.resource.id !== undefined);
}
