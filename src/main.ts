import { type Config, withPort } from './config.ts';
import { type Auth, createAuth } from './create-auth.ts';
import { HttpServer } from './http/server.ts';
import { createLog, describe, type Log } from './log.ts';
import { version } from './package.ts';
import { SECOND } from './ports/clock.ts';

/** How long a stopping server still lets callers in, so that a balancer reads 503 at /readyz instead of losing requests. */
const LAST_CALL = SECOND / 2;

/** Runs the stand-alone server until a signal stops it. The process ends with 0 when everything in flight was answered. */
export async function serve(settings: Config): Promise<void> {
  const log = createLog(settings.logLevel);
  const server = new HttpServer();
  const port = await server.listen(settings).catch(error => Promise.reject(new CannotListen(settings, error)));
  const config = withPort(settings, port);
  log.info('listening', {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    version,
  });

  const auth = await createAuth(config, { log });
  stopOnSignals(server, auth, log);
  await server.open(auth, config, log);
  log.info('ready', { url: config.publicUrl });
}

/** The start was refused: the address is not to be had. */
class CannotListen extends Error {
  constructor({ host, port }: Config, { code }: NodeJS.ErrnoException) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `PORT: ${host}:${port} is in use already; stop what uses it, or set another port.`,
      EACCES: `PORT: ${host}:${port} needs more rights than this user has; set a port above 1023.`,
    };
    super(reasons[code ?? ''] ?? `HOST: ${host} is not an address of this machine; set one that is.`);
    this.name = 'CannotListen';
  }
}

function stopOnSignals(server: HttpServer, auth: Auth, log: Log): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return end(1, log);
    stopping = true;
    log.info('stopping', { signal });
    const inTime = await server.stop({ lastCall: LAST_CALL });
    await auth.close();
    log.info('stopped');
    end(inTime ? 0 : 1, log);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

  // After what nobody foresaw, nothing in memory can be trusted: say it once, and let the supervisor start afresh.
  const crash = (error: unknown) => {
    log.error('crashed', describe(error));
    end(1, log);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

function end(code: number, log: Log): never {
  log.flush();
  process.exit(code);
}
