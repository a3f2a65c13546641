/** What would tell a stranger how the house is built. */
export const INSIDES =
  /select |insert |sqlite|postgres|mysql|mariadb|no such table|relation "|doesn't exist|\bER_|not a database|ECONN|mikro|kysely|apollo|exception|node_modules|\/\w+\/\w+|\.[jt]s\b|\bat .*:\d/i;
