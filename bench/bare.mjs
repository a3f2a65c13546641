// The upper bound of the platform: node:http, one prepared statement, and no protection at all.
// node bench/bare.mjs FILE SQL: the database, and the session query of the service.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import SQLite from 'better-sqlite3';

const [, , file, sql] = process.argv;
const byToken = new SQLite(file, { readonly: true }).prepare(sql);

const server = createServer((req, res) => {
  let body = '';
  req.on('data', chunk => {
    body += chunk;
  });
  req.on('end', () => {
    JSON.parse(body);
    const token = /session_id=([^;]+)/.exec(req.headers.cookie ?? '')?.[1] ?? '';
    const row = byToken.get(createHash('sha256').update(token).digest('hex'));
    const profile = row && { id: row.u_id, email: row.u_email, name: row.u_name };
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: { profile } }));
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
