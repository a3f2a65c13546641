import { Migration } from '@mikro-orm/migrations';

export class Migration20261121121659_core extends Migration {
  override name = 'Migration20261121121659_core';

  override up(): void | Promise<void> {
    this.addSql(
      `create table \`limits\` (\`key\` text not null primary key, \`hits\` integer not null, \`blocked_until\` bigint not null, \`resets_at\` bigint not null);`,
    );
    this.addSql(`create index \`limits_resets_at_index\` on \`limits\` (\`resets_at\`);`);

    this.addSql(
      `create table \`outbox\` (\`id\` text not null primary key, \`kind\` text not null, \`address\` text not null, \`created_at\` bigint not null, \`attempts\` integer not null default 0, \`due_at\` bigint null);`,
    );
    this.addSql(`create index \`outbox_due_at_index\` on \`outbox\` (\`due_at\`);`);

    // Every request finds its user by id: so in one tree, not by an index into another.
    this.addSql(
      `create table \`users\` (\`id\` text not null primary key, \`email\` text not null, \`canonical_email\` text not null, \`name\` text null, \`password_hash\` text null, \`credential_version\` integer not null default 1, \`email_verified_at\` bigint null, \`created_at\` bigint not null) without rowid;`,
    );
    this.addSql(`create unique index \`users_canonical_email_unique\` on \`users\` (\`canonical_email\`);`);

    this.addSql(
      `create table \`tokens\` (\`id\` text not null primary key, \`user_id\` text not null, \`purpose\` text not null, \`token_hash\` text not null, \`credential_version\` integer not null, \`created_at\` bigint not null, \`expires_at\` bigint not null, constraint \`tokens_user_id_foreign\` foreign key (\`user_id\`) references \`users\` (\`id\`) on delete cascade);`,
    );
    this.addSql(`create index \`tokens_user_id_index\` on \`tokens\` (\`user_id\`);`);
    this.addSql(`create unique index \`tokens_token_hash_unique\` on \`tokens\` (\`token_hash\`);`);
    this.addSql(`create index \`tokens_expires_at_index\` on \`tokens\` (\`expires_at\`);`);

    this.addSql(
      `create table \`sessions\` (\`id\` text not null primary key, \`user_id\` text not null, \`token_hash\` text not null, \`credential_version\` integer not null, \`persistent\` integer not null, \`created_at\` bigint not null, \`last_used_at\` bigint not null, \`expires_at\` bigint not null, \`ip_address\` text null, \`user_agent\` text null, constraint \`sessions_user_id_foreign\` foreign key (\`user_id\`) references \`users\` (\`id\`) on delete cascade);`,
    );
    this.addSql(`create index \`sessions_user_id_index\` on \`sessions\` (\`user_id\`);`);
    this.addSql(`create unique index \`sessions_token_hash_unique\` on \`sessions\` (\`token_hash\`);`);
    this.addSql(`create index \`sessions_expires_at_index\` on \`sessions\` (\`expires_at\`);`);
  }

  override down(): void {
    for (const table of ['sessions', 'tokens', 'outbox', 'limits', 'users']) this.addSql(`drop table ${table};`);
  }
}
