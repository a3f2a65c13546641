import { Migration } from '@mikro-orm/migrations';

/** MySQL cannot take back a table: each statement may be run again, so that one that was killed on the way is finished. */
export class Migration20261121171927_core extends Migration {
  override name = 'Migration20261121171927_core';

  override up(): void {
    this.create(
      'users',
      `\`id\` varchar(36) not null, \`email\` varchar(254) not null, \`canonical_email\` varchar(254) not null, \`name\` varchar(200) null, \`password_hash\` varchar(255) null, \`credential_version\` int not null default 1, \`email_verified_at\` bigint null, \`created_at\` bigint not null, primary key (\`id\`), unique \`users_canonical_email_unique\` (\`canonical_email\`)`,
    );
    this.create(
      'sessions',
      `\`id\` varchar(36) not null, \`user_id\` varchar(36) not null, \`token_hash\` char(64) not null, \`credential_version\` int not null, \`persistent\` tinyint(1) not null, \`created_at\` bigint not null, \`last_used_at\` bigint not null, \`expires_at\` bigint not null, \`ip_address\` varchar(45) null, \`user_agent\` varchar(255) null, primary key (\`id\`), index \`sessions_user_id_index\` (\`user_id\`), unique \`sessions_token_hash_unique\` (\`token_hash\`), index \`sessions_expires_at_index\` (\`expires_at\`), constraint \`sessions_user_id_foreign\` foreign key (\`user_id\`) references \`users\` (\`id\`) on delete cascade`,
    );
    this.create(
      'tokens',
      `\`id\` varchar(36) not null, \`user_id\` varchar(36) not null, \`purpose\` varchar(40) not null, \`token_hash\` char(64) not null, \`credential_version\` int not null, \`created_at\` bigint not null, \`expires_at\` bigint not null, primary key (\`id\`), index \`tokens_user_id_index\` (\`user_id\`), unique \`tokens_token_hash_unique\` (\`token_hash\`), index \`tokens_expires_at_index\` (\`expires_at\`), constraint \`tokens_user_id_foreign\` foreign key (\`user_id\`) references \`users\` (\`id\`) on delete cascade`,
    );
    this.create(
      'outbox',
      `\`id\` varchar(36) not null, \`kind\` varchar(40) not null, \`address\` varchar(254) not null, \`created_at\` bigint not null, \`attempts\` int not null default 0, \`due_at\` bigint null, primary key (\`id\`), index \`outbox_due_at_index\` (\`due_at\`)`,
    );
    this.create(
      'limits',
      `\`key\` char(64) not null, \`hits\` int not null, \`blocked_until\` bigint not null, \`resets_at\` bigint not null, primary key (\`key\`), index \`limits_resets_at_index\` (\`resets_at\`)`,
    );
  }

  override down(): void {
    for (const table of ['sessions', 'tokens', 'outbox', 'limits', 'users'])
      this.addSql(`drop table if exists \`${table}\`;`);
  }

  private create(table: string, columns: string): void {
    this.addSql(
      `create table if not exists \`${table}\` (${columns}) default character set utf8mb4 collate utf8mb4_bin engine = InnoDB;`,
    );
  }
}
