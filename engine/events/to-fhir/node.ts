/**
 * A resource in the making: a tree whose leaves know where they came from. Where a value lies in the bundle is known only
 * when all resources are made, so that lineage is written when the tree becomes JSON.
 */
import type { Value } from './value.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface MapUsed {
  readonly name: string;
  readonly version: string;
  readonly relation: string;
}

/** A value of the message. */
export class Leaf {
  readonly value: string | number | boolean;
  readonly from: Value;
  /** Component (of a component: subcomponent) that was read; 0: the whole. */
  readonly part: number;
  readonly map: MapUsed | null;

  constructor(value: string | number | boolean, from: Value, part: number, map: MapUsed | null = null) {
    this.value = value;
    this.from = from;
    this.part = part;
    this.map = map;
  }
}

/** A reference to a resource of the bundle, known when it is decided which of them stay. */
export class Link {
  readonly #to: LinkTarget;

  constructor(to: LinkTarget) {
    this.#to = to;
  }

  get to(): LinkTarget {
    return this.#to.sameAs ?? this.#to;
  }
}

export interface LinkTarget {
  readonly fullUrl: string;
  readonly stays: boolean;
  /** Mentioned before: references are to that one. */
  readonly sameAs: LinkTarget | undefined;
}

/** A value of an element with several types: `value[x]` becomes `valueQuantity`. */
export class Choice {
  /** `Quantity`, `String`. */
  readonly type: string;
  readonly node: Node;

  constructor(type: string, node: Node) {
    this.type = type;
    this.node = node;
  }
}

export type Node = Leaf | Link | Choice | string | number | boolean | Node[] | Tree;
export interface Tree {
  [element: string]: Node | undefined;
  /** Elements without which it is left out. */
  [NEEDS]?: readonly string[];
}

/** No element has it as its name. */
export const NEEDS: unique symbol = Symbol('needs');

/** Every element that it cannot be without has a value, or a reference to what stays. */
export function isComplete(tree: Tree, needs: readonly string[] | undefined): boolean {
  return !needs || needs.every((name) => isThere(tree[name]));
}

function isThere(node: Node | undefined): boolean {
  if (node === undefined) return false;
  if (node instanceof Link) return node.to.stays;
  if (Array.isArray(node)) return node.some(isThere);
  return !isTree(node) || isComplete(node, node[NEEDS]);
}

export const isTree = (node: Node | undefined): node is Tree =>
  typeof node === 'object' &&
  !Array.isArray(node) &&
  !(node instanceof Leaf) &&
  !(node instanceof Link) &&
  !(node instanceof Choice);

/** Something of the message is in it, or a reference to a resource that stays: constants alone say nothing. */
export function saysSomething(node: Node | undefined): boolean {
  if (node === undefined || typeof node !== 'object') return false;
  if (node instanceof Leaf) return true;
  if (node instanceof Link) return node.to.stays;
  if (node instanceof Choice) return saysSomething(node.node);
  return Array.isArray(node) ? node.some(saysSomething) : Object.values(node).some(saysSomething);
}
