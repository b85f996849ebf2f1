/** What the sidebar touches of Node-RED's editor. Our type package lacks half of it. */
import type { FlowNode } from '../../governance/diff/index.ts';

export interface Workspace {
  readonly id: string;
  readonly label?: string;
}

interface Editor {
  readonly plugins: { registerPlugin(id: string, plugin: { readonly type: string; onadd(): void }): void };
  readonly sidebar: {
    addTab(options: {
      readonly id: string;
      readonly label: string;
      readonly name: string;
      readonly iconClass: string;
      readonly content: HTMLElement;
      readonly enableOnEdit: boolean;
      onchange(): void;
    }): void;
    show(id: string): void;
  };
  readonly events: { on(name: string, listener: (event?: { readonly workspace?: string }) => void): void };
  readonly workspaces: { active(): string };
  readonly nodes: {
    dirty(state?: boolean): boolean;
    version(): string;
    originalFlow(): readonly FlowNode[];
    createCompleteNodeSet(options?: { readonly credentials: boolean }): readonly FlowNode[];
    node(id: string): object | null;
    subflow(id: string): object | null;
    workspace(id: string): Workspace | null;
  };
  readonly view: { reveal(id: string): void; select(selection: { readonly nodes: readonly object[] }): void };
  readonly actions: { invoke(name: string): void };
  readonly user?: unknown;
}

export const editor = (globalThis as unknown as { readonly RED: Editor }).RED;
