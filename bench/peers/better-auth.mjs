// better-auth with email and password behind its own handler for Node, as in its installation guide. Defaults: scrypt for
// passwords, and a session lookup for each request (cookie cache off).
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import SQLite from 'better-sqlite3';
import pg from 'pg';

const { PORT, DATABASE_URL, AUTH_SECRET } = process.env;
const resetTokens = new Map();
const baseURL = `http://127.0.0.1:${PORT}`;

function open(url) {
  if (!url.startsWith('sqlite:')) return new pg.Pool({ connectionString: url });
  const database = new SQLite(url.slice('sqlite:'.length));
  database.pragma('journal_mode = WAL');
  return database;
}

const options = {
  baseURL,
  secret: AUTH_SECRET,
  database: open(DATABASE_URL),
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  emailAndPassword: {
    enabled: true,
    sendResetPassword: async ({ user, token }) => void resetTokens.set(user.email, token),
  },
};

const { runMigrations } = await getMigrations(options);
await runMigrations();
const handler = toNodeHandler(betterAuth(options));

const server = createServer((req, res) => {
  // The tokens that its mails would contain, for the reset benchmark.
  if (req.url === '/reset-tokens') res.end(JSON.stringify(Object.fromEntries(resetTokens)));
  else handler(req, res);
});
server.listen(Number(PORT), '127.0.0.1');
