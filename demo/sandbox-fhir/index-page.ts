import { createHash } from 'node:crypto';
import type { Resource } from '@medplum/fhirtypes';
import type { SandboxRepository } from './repository.ts';

const SHOWN = 15;

/** The page at `/`: what flows have written, newest first. It looks for news every three seconds. */
export function indexPage(repository: SandboxRepository, base: string): string {
  const counts = repository.counts();
  const tiles = counts
    .map(([type, count]) => `<li><a href="/fhir/${type}"><b>${count}</b> ${escapeHtml(type)}</a></li>`)
    .join('');
  const sections = ['Task', 'Communication'].map((type) => section(type, repository.newest(type, SHOWN))).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sandbox FHIR server</title><style>${STYLE}</style></head>
<body><header><h1>Sandbox FHIR server</h1>
<p>This stands in for the hospital's FHIR R4 server. It holds nothing real: tasks and communications are what flows have
written, patients are made up. FHIR base: <code>${escapeHtml(base)}</code></p></header>
<main>${closedRecords(repository)}${counts.length === 0 ? '<p>Nothing was written yet. Resources appear here when a flow writes them.</p>' : `<ul class="tiles">${tiles}</ul>`}
${sections}</main><script>${SCRIPT}</script></body></html>`;
}

function closedRecords(repository: SandboxRepository): string {
  const closed = repository.newest('Patient', 1_000).filter((one) => 'active' in one && one.active === false);
  return closed
    .map(
      ({ id }) => `<form class="notice" method="post" action="/open-record/${escapeHtml(id)}">
<p><b>The record <code>Patient/${escapeHtml(id)}</code> is closed.</b> Like a real EHR, this server refuses what is written for it (HTTP 422).
A message about this patient fails in Wardflow and waits. Open the record, then redrive the message in the console.</p>
<button>Open the record</button></form>`,
    )
    .join('');
}

function section(type: string, resources: readonly Resource[]): string {
  if (resources.length === 0) return '';
  const rows = resources.map(row).join('');
  return `<section><h2>Newest ${type}s</h2><div class="scroll" role="region" aria-label="Newest ${type}s" tabindex="0"><table>
<thead><tr><th scope="col">written</th><th scope="col">what</th><th scope="col">status</th><th scope="col">priority</th><th scope="col">for</th><th scope="col">resource</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

interface Shown {
  readonly description?: unknown;
  readonly status?: unknown;
  readonly priority?: unknown;
  readonly code?: { readonly text?: unknown };
  readonly payload?: readonly { readonly contentString?: unknown }[];
  readonly for?: Subject;
  readonly subject?: Subject;
}
interface Subject {
  readonly display?: unknown;
  readonly reference?: unknown;
  readonly identifier?: { readonly value?: unknown };
}

function row(resource: Resource): string {
  const shown = resource as unknown as Shown;
  const what = shown.description ?? shown.payload?.[0]?.contentString ?? shown.code?.text;
  const subject = shown.for ?? shown.subject;
  const whom = subject?.display ?? subject?.identifier?.value ?? subject?.reference;
  const address = `${resource.resourceType}/${resource.id ?? ''}`;
  const written = (resource.meta?.lastUpdated ?? '').replace('T', ' ').slice(0, 19);
  const cells = [what, shown.status, shown.priority, whom].map((value) => `<td>${cell(value)}</td>`).join('');
  return `<tr><td><time>${escapeHtml(written)}</time></td>${cells}<td><a href="/fhir/${escapeHtml(address)}">${escapeHtml(address.slice(0, address.indexOf('/') + 9))}</a></td></tr>`;
}

function cell(value: unknown): string {
  return typeof value === 'string' && value !== ''
    ? escapeHtml(value.slice(0, 200))
    : '<span aria-label="none">–</span>';
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Puts the newest list in place where it has changed, and leaves it alone while somebody uses a control in it. A timed
 * refresh of the page would take focus and scroll position away (WCAG 2.2.1, 3.2.5).
 */
const SCRIPT = `
setInterval(async () => {
  const here = document.querySelector('main');
  if (document.hidden || here.contains(document.activeElement)) return;
  const answer = await fetch('/').catch(() => null);
  if (!answer?.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
  if (next.innerHTML !== here.innerHTML) here.replaceWith(next);
}, 3000);`;

/** The only script and style sheet that the page may run, by hash; and where its form may go. */
export const PAGE_POLICY =
  `default-src 'none'; connect-src 'self'; form-action 'self'; style-src 'unsafe-inline'; ` +
  `script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`;

const STYLE = `
:root{color-scheme:light dark;--ink:#16202b;--soft:#4a5868;--line:#d5dce4;--paper:#fff;--tile:#f1f5f9;--link:#0b5cad}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf3;--soft:#a9b6c4;--line:#334150;--paper:#12181f;--tile:#1c2530;--link:#7db8f5}}
body{margin:0 auto;max-width:72rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.4rem;margin:0}h2{font-size:1.05rem;margin:2rem 0 .5rem}header p{color:var(--soft);margin:.25rem 0 1.5rem;max-width:48rem}
a{color:var(--link)}.tiles{list-style:none;display:flex;flex-wrap:wrap;gap:.75rem;padding:0;margin:0}
.tiles a{display:block;padding:.6rem 1rem;background:var(--tile);border-radius:.5rem;text-decoration:none;color:var(--ink)}
.tiles b{font-size:1.2rem;margin-right:.3rem;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;padding:.45rem .8rem .45rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600}td:nth-child(2){min-width:18rem}time{white-space:nowrap;font-variant-numeric:tabular-nums}

.notice{border:1px solid var(--line);border-left:.3rem solid #c77700;border-radius:.5rem;padding:.75rem 1rem;margin:0 0 1.25rem}.notice p{margin:0 0 .6rem}
button{font:inherit;padding:.35rem .9rem;border:1px solid var(--ink);border-radius:.4rem;background:var(--paper);color:var(--ink);cursor:pointer}
code{background:var(--tile);padding:.1rem .3rem;border-radius:.25rem}`;
