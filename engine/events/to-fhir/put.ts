import type { TargetStep } from './paths.ts';
import { Choice, isTree, type Node, type Tree } from './node.ts';

/** Puts a value where a target path says. In a list it is a new item, elsewhere what is there stays. */
export function put(tree: Tree, target: readonly TargetStep[], node: Node): void {
  let here = tree;
  for (const [i, step] of target.entries()) {
    const isLast = i === target.length - 1;
    if (isLast) {
      if (step.choice) {
        if (node instanceof Choice) here[`${step.name}${node.type}`] ??= node.node;
      } else if (step.list) listAt(here, step.name).push(node);
      else here[step.name] ??= node;
      return;
    }
    if (step.list) {
      const item: Tree = {};
      listAt(here, step.name).push(item);
      here = item;
    } else {
      const next = (here[step.name] ??= {});
      if (!isTree(next)) return;
      here = next;
    }
  }
}

/** What the element has by now, itself or with what is said in place of its value; `_status` asks for `status`. */
export function valueAt(tree: Tree, target: readonly TargetStep[]): Node | undefined {
  let here: Node | undefined = tree;
  for (const { name, choice } of target) {
    if (!isTree(here)) return undefined;
    const plain = name.startsWith('_') ? name.slice(1) : name;
    here = choice ? Object.entries(here).find(([key]) => key.startsWith(plain))?.[1] : here[plain];
  }
  return here;
}

function listAt(tree: Tree, name: string): Node[] {
  const list = (tree[name] ??= []);
  return Array.isArray(list) ? list : [];
}
