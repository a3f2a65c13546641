import { Migration } from '@mikro-orm/migrations';

export class Migration20261129081951_features extends Migration {
  override name = 'Migration20261129081951_features';

  override up(): void | Promise<void> {
    this.addSql(`alter table "outbox" add "payload" varchar(2000) null;`);
    this.addSql(`alter table "tokens" add "data" varchar(2000) null;`);
    this.addSql(`alter table "tokens" alter column "user_id" drop not null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "outbox" drop column "payload";`);
    this.addSql(`delete from "tokens" where "user_id" is null;`);
    this.addSql(`alter table "tokens" drop column "data";`);
    this.addSql(`alter table "tokens" alter column "user_id" set not null;`);
  }
}
