import { Migration } from '@mikro-orm/migrations';

export class Migration20261129081952_features extends Migration {
  override name = 'Migration20261129081952_features';

  /** MySQL commits each statement: after an interruption the ones that ran are skipped. */
  override async up(): Promise<void> {
    if (!(await this.has('outbox', 'payload'))) this.addSql('alter table `outbox` add `payload` varchar(2000) null;');
    if (!(await this.has('tokens', 'data')))
      this.addSql('alter table `tokens` add `data` varchar(2000) null, modify `user_id` varchar(36) null;');
  }

  override async down(): Promise<void> {
    if (await this.has('outbox', 'payload')) this.addSql('alter table `outbox` drop column `payload`;');
    this.addSql('delete from `tokens` where `user_id` is null;');
    if (await this.has('tokens', 'data'))
      this.addSql('alter table `tokens` drop column `data`, modify `user_id` varchar(36) not null;');
  }

  private async has(table: string, column: string): Promise<boolean> {
    const columns = 'select 1 from information_schema.columns where table_schema = database()';
    return (await this.execute(`${columns} and table_name = '${table}' and column_name = '${column}'`)).length > 0;
  }
}
