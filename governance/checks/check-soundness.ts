/** What the loader itself would refuse: schemas in strict mode, references between files, names that identify. */
import type { DefinitionProblem } from '../../engine/index.ts';
import { finding, type Finding } from './finding.ts';
import type { Subject } from './subject.ts';

export function checkSoundness(subject: Subject): Finding[] {
  return subject.problems.flatMap((problem) => {
    // check-addresses.ts says it.
    if (problem.code === 'credentials-in-file') return [];
    return [findingOf(problem, subject)];
  });
}

function findingOf({ code, file, text, remedy }: DefinitionProblem, { name, nodes }: Subject): Finding {
  const path = file.startsWith(`${name}/`) ? file.slice(name.length + 1) : file;
  // The loader names the node in its sentence, by name or by id.
  const named = /\bnodes? (?:"([^"]+)"|([\w.-]+))/.exec(text);
  const node = named ? nodes.find((one) => one.name === named[1] || one.id === named[2]) : undefined;
  const known = code === 'runbook-missing' || code === 'reference-missing' ? code : 'definition-unsound';
  return finding(
    known,
    { definition: name, file: path, ...(node && { node }) },
    { problem: `${path} ${text}`, remedy },
  );
}
