import { ExternalLink } from 'lucide-react';
import { ScrollX } from '../feedback/scroll-x.tsx';
import type { DefinitionSummary } from '../../api/runtime-shapes.ts';
import { useEditorLink } from '../api/editor-link.ts';

const RISK: Readonly<Record<string, string>> = { critical: 'Critical', high: 'High', moderate: 'Moderate', low: 'Low' };

export function DefinitionTable({ definitions }: { readonly definitions: readonly DefinitionSummary[] }) {
  const linkTo = useEditorLink();
  return (
    <section className="panel" aria-labelledby="definitions">
      <div className="panel-head">
        <h2 id="definitions">Flows that run</h2>
        {linkTo(null) && (
          <a href={linkTo(null) ?? ''} target="wardflow-editor" rel="noopener">
            Open the editor
          </a>
        )}
      </div>
      {definitions.length === 0 ? (
        <p className="panel-body dim">
          No definition is loaded. Put one into the flows folder, or start from the shipped ones.
        </p>
      ) : (
        <ScrollX stacked label="Definitions, table">
          <table className="plain-table">
            <thead>
              <tr>
                <th>Definition</th>
                <th>Clinical risk</th>
                <th>Version</th>
                <th>
                  <span className="visually-hidden">Editor</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {definitions.map((definition) => {
                const link = linkTo(definition.tab);
                return (
                  <tr key={definition.name}>
                    <td>{definition.title}</td>
                    <td>{RISK[definition.risk] ?? definition.risk}</td>
                    <td className="mono" title={definition.version}>
                      {definition.version.slice(0, 8)}
                    </td>
                    <td className="number">
                      {link && definition.tab && (
                        <a
                          href={link}
                          target="wardflow-editor"
                          rel="noopener"
                          aria-label={`Open ${definition.title} in the editor`}
                        >
                          <ExternalLink size={15} aria-hidden="true" />
                        </a>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}
