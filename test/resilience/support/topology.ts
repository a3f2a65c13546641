import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../../../src/options/environment.ts';

/** Below the ports that the system gives to clients, and each with room for what the scripts derive from it. */
const somePort = () => 12_000 + randomInt(400) * 40;

/** One of the topologies of deploy/, with a folder and ports of the test's own. */
export class Topology {
  readonly port = somePort();
  private readonly env: NodeJS.ProcessEnv;

  constructor(
    private readonly name: 'galera' | 'postgresql-pair' | 'replicas',
    settings: Environment = {},
  ) {
    const prefix = { galera: 'GALERA', 'postgresql-pair': 'PAIR', replicas: 'REPLICAS' }[name];
    this.env = {
      PATH: process.env.PATH,
      [`${prefix}_FOLDER`]: join(tmpdir(), `bienvenue-${name}-${this.port}`),
      [`${prefix}_PORT`]: `${this.port}`,
      [`${prefix}_GROUP_PORT`]: `${somePort()}`,
      ...settings,
    };
  }

  /** Runs the script. Throws with what it said where it failed. */
  async say(...words: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(`deploy/${this.name}.sh`, words, { env: this.env });
    return stdout;
  }

  /** DATABASE_URLs by name: the proxy's, and each node's. */
  async urls(): Promise<Map<string, string>> {
    const lines = (await this.say('urls')).matchAll(/^(\S+)\s+(\S+:\/\/\S+)$/gm);
    return new Map([...lines].map(([, name = '', url = '']) => [name, url]));
  }
}
