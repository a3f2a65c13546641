import { Migration } from '@mikro-orm/migrations';

const COLUMNS = '`id`, `user_id`, `purpose`, `token_hash`, `credential_version`, `created_at`, `expires_at`';

export class Migration20261129081950_features extends Migration {
  override name = 'Migration20261129081950_features';

  override up(): void | Promise<void> {
    this.addSql('alter table `outbox` add column `payload` text null;');
    this.rebuildTokens({ userId: 'text null', data: '`data` text null, ' });
  }

  override down(): void | Promise<void> {
    this.addSql('alter table `outbox` drop column `payload`;');
    this.addSql('delete from `tokens` where `user_id` is null;');
    this.rebuildTokens({ userId: 'text not null', data: '' });
  }

  /** SQLite cannot change whether a column may be null. No other table refers to this one. */
  private rebuildTokens({ userId, data }: { userId: string; data: string }): void {
    this.addSql(
      `create table \`tokens_new\` (\`id\` text not null primary key, \`user_id\` ${userId}, \`purpose\` text not null, \`token_hash\` text not null, \`credential_version\` integer not null, ${data}\`created_at\` bigint not null, \`expires_at\` bigint not null, constraint \`tokens_user_id_foreign\` foreign key (\`user_id\`) references \`users\` (\`id\`) on delete cascade);`,
    );
    this.addSql(`insert into \`tokens_new\` (${COLUMNS}) select ${COLUMNS} from \`tokens\`;`);
    this.addSql('drop table `tokens`;');
    this.addSql('alter table `tokens_new` rename to `tokens`;');
    this.addSql('create index `tokens_user_id_index` on `tokens` (`user_id`);');
    this.addSql('create unique index `tokens_token_hash_unique` on `tokens` (`token_hash`);');
    this.addSql('create index `tokens_expires_at_index` on `tokens` (`expires_at`);');
  }
}
