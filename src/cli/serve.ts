import { loadOptions } from '../server/environment.ts';
import { type Command, UsageError } from './command.ts';
import { withSmallYoungGeneration } from './young-generation.ts';

export const serveCommand: Command = async args => {
  if (args.length > 0) throw new UsageError('serve takes no arguments');
  const options = loadOptions();
  // The primary process only supervises workers, so it does not load the service.
  if (options.workers > 1) return (await import('../server/cluster/primary.ts')).serveByWorkers(options);
  await withSmallYoungGeneration(async () => (await import('../server/serve.ts')).serve(options));
  return undefined;
};
