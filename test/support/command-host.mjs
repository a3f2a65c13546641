// Runs the commands that CommandHost sends, and returns what they write with their exit code.
import { run } from '../../dist/src/cli/run.js';

process.on('message', async ({ words, env }) => {
  process.env = env;
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    process[name].write = text => {
      written[name] += text;
      return true;
    };
  process.send({ code: await run(words), ...written });
});
