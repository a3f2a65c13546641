import { createLog, type Log } from '../core/log.ts';
import { version } from '../core/package.ts';
import { createAuth } from '../create-auth.ts';
import { addressOf, type Options } from '../options.ts';
import { HttpServer } from './http-server.ts';
import { exitOnCrash, exitProcess, STOP_SIGNALS } from './process-exit.ts';

/** Runs the stand-alone server until a signal stops it. The exit code is 0 if every request in flight was finished. */
export async function serve(options: Options): Promise<void> {
  const log = createLog(options.logLevel);
  const server = new HttpServer(log);
  const bound = await server.listen(options);
  log.info('listening', { url: addressOf(bound), version });
  // Opening an SQLite file that is locked blocks the thread, and the line would wait in the buffer.
  await log.flush?.();

  await server.open(await createAuth(bound, { log }), bound);
  stopOnSignals(server, log);
  exitOnCrash(log);
  log.info('ready', { url: bound.publicUrl });
}

function stopOnSignals(server: HttpServer, log: Log): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return void exitProcess(1, log);
    stopping = true;
    log.info('stopping', { signal });
    const inTime = await server.stop();
    log.info('stopped');
    await exitProcess(inTime ? 0 : 1, log);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, () => void stop(signal));
}
