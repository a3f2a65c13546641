// The limit of the platform: node:http, one prepared statement, and nothing that protects anybody.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import SQLite from 'better-sqlite3';
import { SESSION_BY_TOKEN } from '../dist/src/auth/session-lookup.js';

const [, , file = ''] = process.argv;
const byToken = new SQLite(file, { readonly: true }).prepare<[string], Record<string, unknown>>(SESSION_BY_TOKEN);

const server = createServer((req, res) => {
  let body = '';
  req.on('data', chunk => {
    body += chunk;
  });
  req.on('end', () => {
    JSON.parse(body);
    const token = /session_id=([^;]+)/.exec(req.headers.cookie ?? '')?.[1] ?? '';
    const row = byToken.get(createHash('sha256').update(token).digest('hex'));
    const profile = row && { id: row.user_id, email: row.email, name: row.name };
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: { profile } }));
  });
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
