import { Migration } from '@mikro-orm/migrations';

export class Migration20261129113910_accounts extends Migration {
  override name = 'Migration20261129113910_accounts';

  /** MySQL commits each statement: after an interruption the ones that ran are skipped. */
  override async up(): Promise<void> {
    this.create(
      'account_events',
      '`id` varchar(36) not null, `type` varchar(40) not null, `at` bigint not null, `user_id` varchar(36) null, `actor` varchar(10) not null, `actor_id` varchar(36) null, `ip_address` varchar(45) null, `user_agent` varchar(255) null, `request_id` varchar(64) not null, `expires_at` bigint not null, primary key (`id`), index `account_events_expires_at_index` (`expires_at`), index `account_events_type_id_index` (`type`, `id`), index `account_events_user_id_id_index` (`user_id`, `id`), index `account_events_actor_id_id_index` (`actor_id`, `id`)',
    );
    this.create(
      'email_changes',
      '`id` varchar(36) not null, `user_id` varchar(36) not null, `number` int not null, `credential_version` int not null, `old_email` varchar(254) not null, `old_canonical_email` varchar(254) not null, `new_email` varchar(254) not null, `created_at` bigint not null, `changed_at` bigint null, `expires_at` bigint not null, primary key (`id`), unique `email_changes_user_id_number_unique` (`user_id`, `number`), index `email_changes_old_canonical_email_index` (`old_canonical_email`), index `email_changes_expires_at_index` (`expires_at`), constraint `email_changes_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on delete cascade',
    );
    this.create(
      'user_roles',
      '`id` varchar(36) not null, `role` varchar(40) not null, `user_id` varchar(36) not null, primary key (`id`), unique `user_roles_user_id_role_unique` (`user_id`, `role`), index `user_roles_role_user_id_index` (`role`, `user_id`), constraint `user_roles_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on delete cascade',
    );
    if (!(await this.has('users', 'search_name')))
      this.addSql(
        'alter table `users` add `search_name` varchar(200) null, add `locale` varchar(35) null, add `last_sign_in_at` bigint null, add `disabled` tinyint(1) not null default false, add `disabled_at` bigint null, add `disabled_reason` varchar(500) null, add index `users_search_name_index` (`search_name`), add index `users_disabled_id_index` (`disabled`, `id`);',
      );
    this.addSql('update `users` set `search_name` = lower(`name`) where `name` is not null;');
    if (!(await this.hasIndex('outbox', 'outbox_address_index')))
      this.addSql('alter table `outbox` add index `outbox_address_index` (`address`);');
    if (!(await this.has('sessions', 'authenticated_at')))
      this.addSql('alter table `sessions` add `authenticated_at` bigint not null default 0;');
  }

  override async down(): Promise<void> {
    this.addSql('drop table if exists `account_events`;');
    this.addSql('drop table if exists `email_changes`;');
    this.addSql('drop table if exists `user_roles`;');
    if (await this.hasIndex('outbox', 'outbox_address_index'))
      this.addSql('alter table `outbox` drop index `outbox_address_index`;');
    if (await this.has('sessions', 'authenticated_at'))
      this.addSql('alter table `sessions` drop column `authenticated_at`;');
    if (await this.has('users', 'search_name'))
      this.addSql(
        'alter table `users` drop index `users_search_name_index`, drop index `users_disabled_id_index`, drop column `search_name`, drop column `locale`, drop column `last_sign_in_at`, drop column `disabled`, drop column `disabled_at`, drop column `disabled_reason`;',
      );
  }

  private create(table: string, columns: string): void {
    this.addSql(
      `create table if not exists \`${table}\` (${columns}) default character set utf8mb4 collate utf8mb4_bin engine = InnoDB;`,
    );
  }

  private async hasIndex(table: string, index: string): Promise<boolean> {
    const indexes = 'select 1 from information_schema.statistics where table_schema = database()';
    return (await this.execute(`${indexes} and table_name = '${table}' and index_name = '${index}'`)).length > 0;
  }

  private async has(table: string, column: string): Promise<boolean> {
    const columns = 'select 1 from information_schema.columns where table_schema = database()';
    return (await this.execute(`${columns} and table_name = '${table}' and column_name = '${column}'`)).length > 0;
  }
}
