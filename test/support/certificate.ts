import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Folder } from './folder.ts';

/** A self-signed certificate with its key, made by openssl. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** The file of the certificate, for NODE_EXTRA_CA_CERTS. */
  readonly path: string;
  /** SHA-256 of the public key in base64, as Chromium takes it. */
  readonly spki: string;
}

/** `names`: DNS names, wildcards included. */
export function createCertificate(folder: Folder, names: readonly string[], { days = 2 } = {}): Certificate {
  const [key, path] = [join(folder.path, 'tls.key'), join(folder.path, 'tls.pem')];
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${names.map(name => `DNS:${name}`).join(',')}`];
  const files = ['-days', String(days), '-keyout', key, '-out', path];
  execFileSync('openssl', [...kind, ...subject, ...files], { stdio: 'pipe' });
  const cert = readFileSync(path, 'utf8');
  const publicKey = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  const spki = createHash('sha256').update(publicKey).digest('base64');
  return { cert, key: readFileSync(key, 'utf8'), path, spki };
}
