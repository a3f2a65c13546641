import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy that can reset its connections or silently drop all data. */
export class LossyProxy {
  private readonly server: Server;
  private readonly pairs = new Set<Socket[]>();
  private dropping = false;

  private constructor(private readonly target: URL) {
    this.server = createServer(socket => this.join(socket));
  }

  static async to(url: string): Promise<LossyProxy> {
    const proxy = new LossyProxy(new URL(url));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** The server's URL through this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Resets every open connection. */
  cut(): void {
    for (const [client, server] of this.pairs) {
      client?.resetAndDestroy();
      server?.resetAndDestroy();
    }
  }

  /** Drops all data from now on; connections stay open. */
  startDropping(): void {
    this.dropping = true;
  }

  /** Forwards new data again. Dropped data stays lost. */
  stopDropping(): void {
    this.dropping = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    const pair = [client, server];
    this.pairs.add(pair);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', data => {
        if (!this.dropping) to.write(data);
      });
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        this.pairs.delete(pair);
      });
    }
  }
}
