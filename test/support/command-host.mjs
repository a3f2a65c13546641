// Runs commands for `runCommand()`, and returns what they write with their exit code.
import { run } from '../../dist/src/cli/run.js';

process.on('message', async ({ words, env, cwd }) => {
  process.env = env;
  process.chdir(cwd);
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    process[name].write = text => {
      written[name] += text;
      return true;
    };
  process.send({ code: await run(words), ...written });
});
