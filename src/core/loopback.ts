import { isIP } from 'node:net';

/** Whether a host name, or a URL's host name, can only mean this machine. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/** The origin of a port on this machine as browsers write it: without the port where it is the scheme's default. */
export const localOrigin = (port: number) => new URL(`http://localhost:${port}`).origin;
