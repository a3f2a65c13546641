import { Migration } from '@mikro-orm/migrations';

/** Columns that are searched by prefix have the collation "C", so that a range of an index holds a prefix. */
export class Migration20261129113906_accounts extends Migration {
  override name = 'Migration20261129113906_accounts';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "account_events" ("id" uuid not null, "type" varchar(40) not null, "at" bigint not null, "user_id" uuid null, "actor" varchar(10) not null, "actor_id" uuid null, "ip_address" varchar(45) null, "user_agent" varchar(255) null, "request_id" varchar(64) not null, "expires_at" bigint not null, primary key ("id"));`,
    );
    this.addSql(`create index "account_events_expires_at_index" on "account_events" ("expires_at");`);
    this.addSql(`create index "account_events_type_id_index" on "account_events" ("type", "id");`);
    this.addSql(`create index "account_events_user_id_id_index" on "account_events" ("user_id", "id");`);
    this.addSql(`create index "account_events_actor_id_id_index" on "account_events" ("actor_id", "id");`);
    this.addSql(`create index "outbox_address_index" on "outbox" ("address");`);

    this.addSql(
      `create table "email_changes" ("id" uuid not null, "user_id" uuid not null, "number" int not null, "credential_version" int not null, "old_email" varchar(254) not null, "old_canonical_email" varchar(254) not null, "new_email" varchar(254) not null, "created_at" bigint not null, "changed_at" bigint null, "expires_at" bigint not null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "email_changes" add constraint "email_changes_user_id_number_unique" unique ("user_id", "number");`,
    );
    this.addSql(`create index "email_changes_old_canonical_email_index" on "email_changes" ("old_canonical_email");`);
    this.addSql(`create index "email_changes_expires_at_index" on "email_changes" ("expires_at");`);

    this.addSql(
      `create table "user_roles" ("id" uuid not null, "role" varchar(40) not null, "user_id" uuid not null, primary key ("id"));`,
    );
    this.addSql(`alter table "user_roles" add constraint "user_roles_user_id_role_unique" unique ("user_id", "role");`);
    this.addSql(`create index "user_roles_role_user_id_index" on "user_roles" ("role", "user_id");`);

    this.addSql(
      `alter table "users" add "search_name" varchar(200) collate "C" null, add "locale" varchar(35) null, add "last_sign_in_at" bigint null, add "disabled" boolean not null default false, add "disabled_at" bigint null, add "disabled_reason" varchar(500) null;`,
    );
    this.addSql(`update "users" set "search_name" = lower("name") where "name" is not null;`);
    this.addSql(`alter table "users" alter column "canonical_email" type varchar(254) collate "C";`);
    this.addSql(`create index "users_search_name_index" on "users" ("search_name");`);
    this.addSql(`create index "users_disabled_id_index" on "users" ("disabled", "id");`);

    this.addSql(`alter table "sessions" add "authenticated_at" bigint not null default 0;`);

    this.addSql(
      `alter table "email_changes" add constraint "email_changes_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "user_roles" add constraint "user_roles_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "account_events" cascade;`);
    this.addSql(`drop table if exists "email_changes" cascade;`);
    this.addSql(`drop table if exists "user_roles" cascade;`);
    this.addSql(`drop index "outbox_address_index";`);

    this.addSql(`alter table "sessions" drop column "authenticated_at";`);

    this.addSql(`alter table "users" alter column "canonical_email" type varchar(254) collate "default";`);
    this.addSql(`drop index "users_search_name_index";`);
    this.addSql(`drop index "users_disabled_id_index";`);
    this.addSql(
      `alter table "users" drop column "search_name", drop column "locale", drop column "last_sign_in_at", drop column "disabled", drop column "disabled_at", drop column "disabled_reason";`,
    );
  }
}
