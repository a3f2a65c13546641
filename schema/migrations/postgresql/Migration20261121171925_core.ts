import { Migration } from '@mikro-orm/migrations';

/** Of a session only the last use changes: room on its page keeps that from touching every index. */
export class Migration20261121171925_core extends Migration {
  override name = 'Migration20261121171925_core';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "limits" ("key" char(64) not null, "hits" int not null, "blocked_until" bigint not null, "resets_at" bigint not null, primary key ("key"));`,
    );
    this.addSql(`create index "limits_resets_at_index" on "limits" ("resets_at");`);

    this.addSql(
      `create table "outbox" ("id" uuid not null, "kind" varchar(40) not null, "address" varchar(254) not null, "created_at" bigint not null, "attempts" int not null default 0, "due_at" bigint null, primary key ("id"));`,
    );
    this.addSql(`create index "outbox_due_at_index" on "outbox" ("due_at");`);

    this.addSql(
      `create table "users" ("id" uuid not null, "email" varchar(254) not null, "canonical_email" varchar(254) not null, "name" varchar(200) null, "password_hash" varchar(255) null, "credential_version" int not null default 1, "email_verified_at" bigint null, "created_at" bigint not null, primary key ("id"));`,
    );
    this.addSql(`alter table "users" add constraint "users_canonical_email_unique" unique ("canonical_email");`);

    this.addSql(
      `create table "tokens" ("id" uuid not null, "user_id" uuid not null, "purpose" varchar(40) not null, "token_hash" char(64) not null, "credential_version" int not null, "created_at" bigint not null, "expires_at" bigint not null, primary key ("id"));`,
    );
    this.addSql(`create index "tokens_user_id_index" on "tokens" ("user_id");`);
    this.addSql(`alter table "tokens" add constraint "tokens_token_hash_unique" unique ("token_hash");`);
    this.addSql(`create index "tokens_expires_at_index" on "tokens" ("expires_at");`);

    this.addSql(
      `create table "sessions" ("id" uuid not null, "user_id" uuid not null, "token_hash" char(64) not null, "credential_version" int not null, "persistent" boolean not null, "created_at" bigint not null, "last_used_at" bigint not null, "expires_at" bigint not null, "ip_address" varchar(45) null, "user_agent" varchar(255) null, primary key ("id")) with (fillfactor = 85);`,
    );
    this.addSql(`create index "sessions_user_id_index" on "sessions" ("user_id");`);
    this.addSql(`alter table "sessions" add constraint "sessions_token_hash_unique" unique ("token_hash");`);
    this.addSql(`create index "sessions_expires_at_index" on "sessions" ("expires_at");`);

    this.addSql(
      `alter table "tokens" add constraint "tokens_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "sessions" add constraint "sessions_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "tokens" drop constraint "tokens_user_id_foreign";`);
    this.addSql(`alter table "sessions" drop constraint "sessions_user_id_foreign";`);

    this.addSql(`drop table if exists "limits" cascade;`);
    this.addSql(`drop table if exists "outbox" cascade;`);
    this.addSql(`drop table if exists "users" cascade;`);
    this.addSql(`drop table if exists "tokens" cascade;`);
    this.addSql(`drop table if exists "sessions" cascade;`);
  }
}
