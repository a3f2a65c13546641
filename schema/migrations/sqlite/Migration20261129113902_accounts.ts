import { Migration } from '@mikro-orm/migrations';

export class Migration20261129113902_accounts extends Migration {
  override name = 'Migration20261129113902_accounts';

  override up(): void | Promise<void> {
    this.addSql(
      `create table \`account_events\` (\`id\` text not null primary key, \`type\` text not null, \`at\` bigint not null, \`user_id\` text null, \`actor\` text not null, \`actor_id\` text null, \`ip_address\` text null, \`user_agent\` text null, \`request_id\` text not null, \`expires_at\` bigint not null);`,
    );
    this.addSql(`create index \`account_events_expires_at_index\` on \`account_events\` (\`expires_at\`);`);
    this.addSql(`create index \`account_events_type_id_index\` on \`account_events\` (\`type\`, \`id\`);`);
    this.addSql(`create index \`account_events_user_id_id_index\` on \`account_events\` (\`user_id\`, \`id\`);`);
    this.addSql(`create index \`account_events_actor_id_id_index\` on \`account_events\` (\`actor_id\`, \`id\`);`);
    this.addSql(`create index \`outbox_address_index\` on \`outbox\` (\`address\`);`);

    this.addSql(
      `create table \`email_changes\` (\`id\` text not null primary key, \`user_id\` text not null, \`number\` integer not null, \`credential_version\` integer not null, \`old_email\` text not null, \`old_canonical_email\` text not null, \`new_email\` text not null, \`created_at\` bigint not null, \`changed_at\` bigint null, \`expires_at\` bigint not null, constraint \`email_changes_user_id_foreign\` foreign key (\`user_id\`) references \`users\` (\`id\`) on delete cascade);`,
    );
    this.addSql(
      `create unique index \`email_changes_user_id_number_unique\` on \`email_changes\` (\`user_id\`, \`number\`);`,
    );
    this.addSql(
      `create index \`email_changes_old_canonical_email_index\` on \`email_changes\` (\`old_canonical_email\`);`,
    );
    this.addSql(`create index \`email_changes_expires_at_index\` on \`email_changes\` (\`expires_at\`);`);

    this.addSql(
      `create table \`user_roles\` (\`id\` text not null primary key, \`role\` text not null, \`user_id\` text not null, constraint \`user_roles_user_id_foreign\` foreign key (\`user_id\`) references \`users\` (\`id\`) on delete cascade);`,
    );
    this.addSql(`create unique index \`user_roles_user_id_role_unique\` on \`user_roles\` (\`user_id\`, \`role\`);`);
    this.addSql(`create index \`user_roles_role_user_id_index\` on \`user_roles\` (\`role\`, \`user_id\`);`);

    this.addSql(`alter table \`users\` add column \`search_name\` text null;`);
    this.addSql(`alter table \`users\` add column \`locale\` text null;`);
    this.addSql(`alter table \`users\` add column \`last_sign_in_at\` bigint null;`);
    this.addSql(`alter table \`users\` add column \`disabled\` integer not null default false;`);
    this.addSql(`alter table \`users\` add column \`disabled_at\` bigint null;`);
    this.addSql(`alter table \`users\` add column \`disabled_reason\` text null;`);
    this.addSql('update `users` set `search_name` = lower(`name`) where `name` is not null;');
    this.addSql(`create index \`users_search_name_index\` on \`users\` (\`search_name\`);`);
    this.addSql(`create index \`users_disabled_id_index\` on \`users\` (\`disabled\`, \`id\`);`);

    this.addSql(`alter table \`sessions\` add column \`authenticated_at\` bigint not null default 0;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists \`account_events\`;`);
    this.addSql(`drop table if exists \`email_changes\`;`);
    this.addSql(`drop table if exists \`user_roles\`;`);

    this.addSql(`alter table \`sessions\` drop column \`authenticated_at\`;`);

    this.addSql(`drop index \`outbox_address_index\`;`);
    this.addSql(`drop index \`users_search_name_index\`;`);
    this.addSql(`drop index \`users_disabled_id_index\`;`);
    this.addSql(`alter table \`users\` drop column \`search_name\`;`);
    this.addSql(`alter table \`users\` drop column \`locale\`;`);
    this.addSql(`alter table \`users\` drop column \`last_sign_in_at\`;`);
    this.addSql(`alter table \`users\` drop column \`disabled\`;`);
    this.addSql(`alter table \`users\` drop column \`disabled_at\`;`);
    this.addSql(`alter table \`users\` drop column \`disabled_reason\`;`);
  }
}
