import { readCertificate, type Certificate } from '../../../engine/index.ts';
import { consoleErrors } from '../../errors.ts';

/** The certificate of the console. @throws `tls-unusable` naming the file and what is wrong, never what is in it */
export function readConsoleCertificate(certFile: string, keyFile: string): Certificate {
  return readCertificate(certFile, keyFile, (file, reason) => consoleErrors.create('tls-unusable', { file, reason }));
}
