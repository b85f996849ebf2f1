/** How the editor looks: our name and colours, the palette with the clinical nodes first, nothing that calls out. */
import { join } from 'node:path';
import { packageRoot } from '../engine/index.ts';

export function editorTheme(environment: string, consoleUrl: string): object {
  const folder = join(packageRoot(), 'editor-theme');
  const title = `Wardflow · ${environment}`;
  return {
    page: {
      title,
      favicon: join(folder, 'favicon.svg'),
      css: join(folder, 'wardflow.css'),
      scripts: [join(folder, 'follow-system.js'), join(folder, 'quiet-tips.js')],
      tabicon: { icon: join(folder, 'tab-icon.svg'), colour: environment === 'production' ? '#a13d2d' : '#0b6472' },
    },
    header: { title, image: join(folder, 'logo.svg'), url: consoleUrl },
    login: { image: join(folder, 'login.svg') },
    logout: { redirect: consoleUrl },
    palette: {
      categories: ['Wardflow', 'subflows', 'common', 'function', 'sequence', 'parser', 'network', 'storage'],
      catalogues: [],
    },
    menu: {
      'menu-item-import-library': true,
      'menu-item-keyboard-shortcuts': true,
      'menu-item-help': { label: 'Wardflow console', url: consoleUrl },
    },
    codeEditor: { lib: 'monaco' },
    projects: { enabled: false },
    multiplayer: { enabled: false },
    tours: false,
    mermaid: { enabled: false },
  };
}
