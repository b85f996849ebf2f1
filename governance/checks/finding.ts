import type { FlowNode } from '../../engine/index.ts';
import { checkErrors, type CheckCode } from './errors.ts';
import { severityOf, type Severity } from './severity.ts';

/** One thing that a check has found. Names nodes, files and fields, never a clinical value. */
export interface Finding {
  readonly code: CheckCode;
  readonly severity: Severity;
  readonly definition: string;
  /** Path in the definition's folder, or `_shared/…` for what it takes from there. */
  readonly file: string;
  readonly node: { readonly id: string; readonly type: string; readonly name: string } | null;
  /** One sentence. */
  readonly text: string;
  /** One sentence: what to do. */
  readonly remedy: string;
}

export interface Where {
  readonly definition: string;
  readonly file: string;
  readonly node?: FlowNode;
}

export function finding(
  code: CheckCode,
  where: Where,
  details: Readonly<Record<string, string | number>> = {},
  severity?: Severity,
): Finding {
  const { definition, file, node } = where;
  const { message, remedy } = checkErrors.create(
    code,
    node ? { node: nameOf(node), type: node.type, ...details } : details,
  );
  return {
    code,
    severity: severity ?? severityOf(code),
    definition,
    file,
    node: node ? { id: node.id, type: node.type, name: nameOf(node) } : null,
    text: message,
    remedy,
  };
}

/** As people find it in the editor. */
export function nameOf(node: FlowNode): string {
  const label = node['label'];
  return node.name || (typeof label === 'string' && label !== '' ? label : node.id);
}
