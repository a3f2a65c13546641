// Starts the service once and stops it, so that V8 writes its compile cache to .compile-cache: for container images, where
// the folder is read-only later.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const folder = mkdtempSync(join(tmpdir(), 'bienvenue-'));
const database = `sqlite:${join(folder, 'first.sqlite')}`;
const env = { ...process.env, PORT: '0', LOG_LEVEL: 'info', DATABASE_URL: database };
const service = spawn(process.execPath, ['dist/src/cli/bienvenue.js', 'serve'], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(service, 'exit');
for await (const line of createInterface({ input: service.stdout })) {
  if (JSON.parse(line).msg === 'ready') service.kill('SIGTERM');
}
const [code] = await ended;
rmSync(folder, { recursive: true });
process.exitCode = code ?? 1;
