import { accessSync, constants } from 'node:fs';
import { codeOf } from '../../base/error-code.ts';
import { makeFolder } from '../../base/make-folder.ts';
import { storeErrors } from './errors.ts';

/** Makes it if need be. @throws `store-folder-unwritable` */
export function usableFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw storeErrors.create('store-folder-unwritable', { path: folder, system: codeOf(cause) }, { cause });
  }
}
