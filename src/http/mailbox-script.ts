/**
 * The script of the dev mailbox. It polls for new mails every second and adds them in place, so that scroll position, open
 * details and frames stay as they are.
 */
export const MAILBOX_SCRIPT = `
const mails = document.getElementById('mails');
const status = document.querySelector('[role=status]');
const { title } = document;
let unseen = 0;

async function get(path, accept) {
  const response = await fetch(path, { headers: { accept }, signal: AbortSignal.timeout(10000) });
  if (!response.ok) throw new Error('status ' + response.status);
  return response;
}

const isNew = id => !document.getElementById(id);

async function refresh() {
  const ids = await (await get('/dev/mailbox/ids', 'application/json')).json();
  if (status.textContent === OFFLINE) say('');
  if (!ids.some(isNew)) return;
  const page = new DOMParser().parseFromString(await (await get('/dev/mailbox', 'text/html')).text(), 'text/html');
  add([...page.querySelectorAll('article')].filter(({ id }) => isNew(id)));
}

function add(articles) {
  for (const article of articles) article.classList.add('new');
  articles.forEach(showLocalTime);
  mails.prepend(...articles);
  document.getElementById('empty')?.remove();
  say('New mail: ' + articles.map(headline).join('; '));
  if (document.hidden) unseen += articles.length;
  showUnseen();
}

// With the time, so that the announcement of another mail with the same subject is a new text.
const headline = article =>
  article.querySelector('h2').textContent + ', ' + article.querySelector('time').textContent;

function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

function showLocalTime(article) {
  const time = article.querySelector('time');
  time.textContent = new Date(time.dateTime).toLocaleString();
}

function showUnseen() {
  document.title = unseen > 0 ? '(' + unseen + ') ' + title : title;
}

const OFFLINE = 'The service does not respond. Trying again …';

async function keepRefreshing() {
  await refresh().catch(() => say(OFFLINE));
  setTimeout(keepRefreshing, 1000);
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) unseen = 0;
  showUnseen();
});
[...mails.children].forEach(showLocalTime);
keepRefreshing();
`;
