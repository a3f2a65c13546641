import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../../../src/options/environment.ts';

/** Below the ephemeral port range, with a distance that leaves space for the ports that the scripts derive. */
const somePort = () => 12_000 + randomInt(400) * 40;

/** One of the topologies of deploy/, with its own folder and ports. */
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

  /** Runs the script. Throws with its output if it fails. */
  async run(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(`deploy/${this.name}.sh`, args, { env: this.env });
    return stdout;
  }

  /** The DATABASE_URLs of the proxy and of each node, by name. */
  async urls(): Promise<Map<string, string>> {
    const lines = (await this.run('urls')).matchAll(/^(\S+)\s+(\S+:\/\/\S+)$/gm);
    return new Map([...lines].map(([, name = '', url = '']) => [name, url]));
  }
}
